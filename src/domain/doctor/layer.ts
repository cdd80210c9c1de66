/** The order in which the vendor's troubleshooting goes: each layer stands on those before it. */
export const layers = [
  { id: 'host', title: 'This host and its containers' },
  { id: 'outbound', title: 'Outbound connection' },
  { id: 'inner-tls', title: 'Inner TLS' },
  { id: 'routing', title: 'Routing and upstreams' },
] as const;

export type LayerId = (typeof layers)[number]['id'];
