"""The store on PostgreSQL, which any number of processes share. The only package that knows psycopg."""

from connector.state.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
