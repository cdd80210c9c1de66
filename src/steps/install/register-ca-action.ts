import type { Deployment } from '../../domain/deployment.ts';
import { formatFingerprint } from '../../domain/fingerprint.ts';
import type { ActionNeeded } from '../../runner/events.ts';

/** What a person clicks to register the CA, and how to go on (facts 4.7). */
export function registerCaAction(about: {
  readonly deployment: Deployment;
  readonly domain: string;
  readonly fingerprint: string;
  readonly hostname: string;
  readonly self: readonly string[];
}): ActionNeeded {
  const { deployment, domain, fingerprint, hostname, self } = about;
  return {
    id: 'register-ca',
    title: 'Register the CA certificate in the Console',
    steps: [
      `On your own machine: scp ${hostname}:${deployment.caCertificate} mcp-tunnel-ca.crt (it is public; the key stays here).`,
      `Console > Manage > MCP tunnels > the tunnel ${domain} > Certificates > Add certificate: choose that file.`,
      `Compare the fingerprint the Console shows: ${formatFingerprint(fingerprint)}`,
      'The tunnel’s status turns from “Needs certificate” to “Active”. Then run the command below.',
    ],
    values: { path: deployment.caCertificate, fingerprint },
    resume: [...self, '--ca-registered', fingerprint, '--yes'],
  };
}
