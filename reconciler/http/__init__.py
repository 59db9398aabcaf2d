"""One HTTP exchange, for everything that this program asks a server: Airbyte, GitHub, the Connector Registry.

    message.py     a request, a complete answer, the errors about them. Limits while an answer comes in
    exchange.py    one request out, one whole answer in: deadline, size, errors in our own words. When it is sent again
    connection.py  the transport of all direct requests: one kept-alive HTTP/1.1 connection
    network.py     which transport leads to a server: direct, through a proxy, into this process. Lanes for reads

Does not belong here: addresses, tokens, what an answer means. Nothing here follows a redirect, keeps a cookie or adds a
credential. Only `network` imports httpx, and only for proxies and for servers in this process.
"""
