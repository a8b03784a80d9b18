"""The web page: what operators and merchants see without reading logs.

The only package of the framework that knows starlette, jinja2 and uvicorn (extra `web`).
"""

from connector.web.app import make_app
from connector.web.budget import SHARE
from connector.web.serving import WebServer
from connector.web.terms import Address, Terms, address_of, terms_of

__all__ = ["SHARE", "Address", "Terms", "WebServer", "address_of", "make_app", "terms_of"]
