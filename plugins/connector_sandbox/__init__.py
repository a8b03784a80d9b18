"""A local shop and warehouse that speak Billbee's and Wemalo's real wire formats, to try and to test against.

    from connector_sandbox.seed import demo_sandbox
    from connector_sandbox.servers import SandboxServers

    with SandboxServers(demo_sandbox()) as servers:
        print(servers.billbee_url, servers.wemalo_url)

A `Sandbox` holds a `Shop` and a `Warehouse`, which tests drive directly (`shop.add_order`,
`warehouse.ship`), and the services in front of them, with `audit`, `faults` and `habits`. Nothing is
imported here, because the command line's help imports this package.

`vendure` and `tryton` are smaller: they answer in memory, and are there to test those plugins against.
"""
