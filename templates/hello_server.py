"""Sample MCP server, from Anthropic's guide to MCP tunnels: one tool that says hello.

Streamable HTTP on port 9000, path /mcp. Needs the `mcp` package below version 2.
"""

from mcp.server.fastmcp import FastMCP

# 0.0.0.0: the proxy calls from another container. It also leaves FastMCP's check of the Host header off,
# which would answer the tunnel's host name with 421.
mcp = FastMCP("hello", host="0.0.0.0", port=9000)


@mcp.tool()
def hello(name: str) -> str:
    """Say hello to someone."""
    return f"Hello, {name}!"


if __name__ == "__main__":
    mcp.run(transport="streamable-http")
