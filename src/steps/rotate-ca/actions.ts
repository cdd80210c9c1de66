import { formatFingerprint } from '../../domain/fingerprint.ts';
import type { OtherHost } from '../../domain/other-hosts.ts';
import type { ActionNeeded } from '../../runner/events.ts';
import { selfCommand } from '../self-command.ts';

/** What both actions of a rotation are about. */
export interface RotationAction {
  readonly domain: string;
  /** argv of this program's `install` on the deployment. */
  readonly self: readonly string[];
  /** Fingerprint of the new CA. */
  readonly fingerprint: string;
}

const place = (domain: string) =>
  `Console > Manage > MCP tunnels > the tunnel ${domain} > Certificates`;

/** What a person clicks to register the new CA beside the old one (facts 4.7). */
export function registerNewCaAction(
  about: RotationAction & {
    readonly hostname: string;
    /** PEM of the new CA. */
    readonly path: string;
    /** Fingerprint of the CA that is in use. */
    readonly current: string | undefined;
  },
): ActionNeeded {
  const { domain, self, fingerprint, hostname, path, current } = about;
  const keep =
    current === undefined
      ? 'the one that is in use'
      : `${formatFingerprint(current)}: that one is in use until this command has put the new one in its place`;
  return {
    id: 'register-new-ca',
    title: 'register the new CA certificate in the Console, beside the old one',
    steps: [
      `On your own machine: scp ${hostname}:${path} mcp-tunnel-ca.crt (it is public; the key stays here).`,
      `${place(domain)} > Add certificate: choose that file.`,
      `Compare the fingerprint the Console shows: ${formatFingerprint(fingerprint)}`,
      `A tunnel has two places for certificates. If both are taken, Revoke the other one first, never ${keep}.`,
      'Then run the command below, today or in some days; until then everything goes on with the old CA.',
    ],
    values: { path, fingerprint, ...(current === undefined ? {} : { current }) },
    resume: selfCommand(self, 'rotate-ca', '--ca-registered', fingerprint, '--yes'),
  };
}

function hostWords(hosts: readonly OtherHost[], dir: string): readonly string[] {
  const files =
    'data/tls.key (owner 65532, mode 0400), data/tls.crt, data/ca.crt, and data/ca.key where there is one';
  const all =
    'Every other host of this tunnel first: with the old pair its calls fail once the old CA is revoked.';
  const how = `Copy there, in this order: ${files}. Its proxy takes them by itself.`;
  if (hosts.length === 0) return [`${all} ${how}`];
  return [
    `${all} ${how}`,
    ...hosts.map(({ name, note, dir: there }) => {
      const words = note === undefined ? '' : ` (${note})`;
      return `${name}${words}: ${there ?? dir}/data`;
    }),
  ];
}

/** What a person clicks to revoke the old CA, once nothing needs it any more. */
export function revokeOldCaAction(
  about: RotationAction & {
    readonly dir: string;
    /** Fingerprint of the old CA; undefined where its certificate was lost. */
    readonly old: string | undefined;
    readonly hosts: readonly OtherHost[];
  },
): ActionNeeded {
  const { domain, self, fingerprint, dir, old, hosts } = about;
  const which =
    old === undefined
      ? `every certificate but ${formatFingerprint(fingerprint)}`
      : `${formatFingerprint(old)}, not ${formatFingerprint(fingerprint)}`;
  return {
    id: 'revoke-old-ca',
    title: 'revoke the old CA certificate in the Console',
    steps: [
      ...hostWords(hosts, dir),
      `${place(domain)} > Revoke: ${which}.`,
      'Then run the command below: it ends the rotation. The old CA stays in .mcp-tunnel/backups.',
    ],
    values: { fingerprint, ...(old === undefined ? {} : { old }) },
    resume: selfCommand(self, 'rotate-ca', '--old-revoked', old ?? 'FINGERPRINT', '--yes'),
  };
}
