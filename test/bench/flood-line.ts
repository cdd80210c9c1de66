/** Lines as they are written: of a busy proxy, of cloudflared, and now and then a known bad one. */
export function lineOf(index: number): { readonly service: string; readonly text: string } {
  const time = new Date(Date.UTC(2026, 10, 24, 10, 0, 0, index)).toISOString();
  if (index % 50 === 0)
    return {
      service: 'cloudflared',
      text: `${time.slice(0, 19)}Z ERR Failed to dial a quic connection error="failed to dial to edge with quic: timeout: no recent network activity" connIndex=${index % 4} event=0 ip=198.41.192.7`,
    };
  if (index % 3 === 0)
    return {
      service: 'cloudflared',
      text: `${time.slice(0, 19)}Z DBG POST https://wiki.abcd1234.tunnel.anthropic.com/mcp HTTP/1.1 connIndex=1 content-length=${index} event=1 ingressRule=0 originService=https://localhost:8443`,
    };
  return {
    service: 'mcp-proxy',
    text: JSON.stringify({
      ...{ time, level: 'INFO', msg: 'request', route: 'wiki', method: 'POST', path: '/mcp' },
      ...{ status: 200, duration_ms: index % 97, request_id: `req-${index.toString(16)}` },
    }),
  };
}
