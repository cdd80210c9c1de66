import { services } from './deployment.ts';
import type { StatusJudgement } from './status.ts';
import type { StatusObservation } from './status-observation.ts';

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  /** Left out of the file where nothing is known. */
  readonly samples: readonly Sample[];
}

function known(value: number | undefined): readonly Sample[] {
  return value === undefined || Number.isNaN(value) ? [] : [{ value }];
}

function metricsOf(seen: StatusObservation, judged: StatusJudgement): readonly Metric[] {
  const { connections, certificate, ca, routes, containers } = seen;
  const runs = containers.some(
    ({ service, state }) => service === services.cloudflared && state === 'running',
  );
  const seconds = (date: Date | undefined) => date && Math.floor(date.getTime() / 1000);
  return [
    {
      name: 'mcp_tunnel_up',
      help: 'Whether the tunnel works as far as its host can tell; 0 also where Docker cannot be asked.',
      samples: [{ value: judged.healthy ? 1 : 0 }],
    },
    {
      name: 'mcp_tunnel_connections',
      help: 'Open connections to the edge by the log of cloudflared; absent where the log does not reach back.',
      samples:
        seen.engineTrouble === undefined && (connections.from === 'log' || !runs)
          ? [{ value: runs ? connections.locations.length : 0 }]
          : [],
    },
    {
      name: 'mcp_tunnel_certificate_expiry_timestamp_seconds',
      help: 'When the server certificate on disk expires.',
      samples: known(certificate?.ok ? seconds(certificate.value.facts.notAfter) : undefined),
    },
    {
      name: 'mcp_tunnel_ca_expiry_timestamp_seconds',
      help: 'When the CA certificate on disk expires.',
      samples: known(ca?.ok ? seconds(ca.value.facts.notAfter) : undefined),
    },
    {
      name: 'mcp_tunnel_container_restarts',
      help: 'Restarts of a container by the engine since it was created.',
      samples: [...new Map(containers.map((each) => [each.service, each])).values()].map(
        ({ service, restarts }) => ({ labels: { service }, value: restarts }),
      ),
    },
    {
      name: 'mcp_tunnel_route_up',
      help: 'Whether the upstream of a route answered when it was asked from the host.',
      samples: (routes.ok ? routes.value : []).map(({ name, probe }) => ({
        labels: { route: name },
        value: probe.ok && probe.value.status === 'pass' ? 1 : 0,
      })),
    },
    {
      name: 'mcp_tunnel_due',
      help: 'Number of things that a person has to do.',
      samples: [{ value: judged.due.length }],
    },
  ];
}

/** A label's value as the text format wants it: backslash, quote and line feed escaped. */
function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/**
 * A file for the node exporter's textfile collector, in Prometheus' text format. Every sample carries
 * the deployment's directory as `dir`, so that several deployments of a host can stand side by side.
 */
export function prometheusText(seen: StatusObservation, judged: StatusJudgement): string {
  const lines = metricsOf(seen, judged)
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      ...samples.map(({ labels, value }) => {
        const all = Object.entries({ dir: seen.dir, ...labels });
        const text = all.map(([label, each]) => `${label}="${escapeLabel(each)}"`).join(',');
        return `${name}{${text}} ${value}`;
      }),
    ]);
  return `${lines.join('\n')}\n`;
}
