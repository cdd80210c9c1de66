import { type Command, commonFlags } from '../command.ts';

export const statusCommand: Command = {
  name: 'status',
  summary: 'How the deployment is, what is due and what to do; changes nothing',
  look: true,
  flagsTitle: 'Watching and monitoring:',
  flags: [
    ...commonFlags,
    {
      name: 'watch',
      kind: 'switch',
      help: 'Look again and again, and show what changes, until Ctrl-C (exit 0)',
    },
    {
      name: 'interval',
      kind: 'value',
      placeholder: 'DURATION',
      help: 'Time between two looks with --watch (default: 10s)',
    },
    {
      name: 'notify',
      kind: 'value',
      placeholder: 'COMMAND',
      help: 'With --watch: run this in a shell when the state changes; it gets MCP_TUNNEL_STATE (healthy, due, unhealthy or unknown) and MCP_TUNNEL_SUMMARY, and 10 seconds',
    },
    {
      name: 'prometheus',
      kind: 'value',
      placeholder: 'FILE',
      help: 'Write metrics to this file, for the textfile collector of Prometheus’ node exporter',
    },
  ],
  examples: [
    'mcp-tunnel status',
    'mcp-tunnel status --watch --interval 30s --notify \'logger "$MCP_TUNNEL_SUMMARY"\'',
    'mcp-tunnel status --prometheus /var/lib/node_exporter/mcp_tunnel.prom',
  ],
};
