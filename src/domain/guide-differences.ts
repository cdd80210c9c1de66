import type { ComposeWanted } from './compose-file.ts';
import { containerUser } from './deployment.ts';

/** One place where what we write leaves the vendor's guide; shown on review and explained by doctor (design 5). */
export interface GuideDifference {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly what: string;
  readonly why: string;
}

/** All such places for a deployment in manual mode, in the order of the files. */
export function guideDifferences(
  wanted: Pick<ComposeWanted, 'tokenIn' | 'sampleServer' | 'selinux'>,
): readonly GuideDifference[] {
  return [
    wanted.tokenIn === 'file' ? tokenInFile : tokenInEnv,
    ...always,
    ...(wanted.sampleServer ? sample : []),
    ...(wanted.selinux ? [selinux] : []),
  ];
}

const tokenInFile: GuideDifference = {
  id: 'token-in-file',
  what: `The token is in credentials/tunnel-token, readable only by the container's user (${containerUser}); the guide passes TUNNEL_TOKEN from your shell.`,
  why: 'docker compose up -d then works from any shell and after a reboot, and the token is not in docker inspect. That folder alone is mounted into cloudflared: the token together with data/tls.key would let someone pretend to be the proxy. After a change of the token cloudflared has to be restarted.',
};

const tokenInEnv: GuideDifference = {
  id: 'token-in-env-file',
  what: 'TUNNEL_TOKEN is kept in .env (mode 0600); the guide has it only in your shell.',
  why: 'In the shell alone it is gone after a reboot, and cloudflared starts without a token. As in the guide, docker inspect shows it.',
};

const always: readonly GuideDifference[] = [
  {
    id: 'private-keys',
    what: `data/tls.key can be read only by the container's user (${containerUser}, mode 0400), data/ca.key only by you; the guide makes tls.key readable by everyone (chmod 644).`,
    why: 'Any local user who can read tls.key can pretend to be the proxy. No container needs ca.key.',
  },
  {
    id: 'cloudflared-healthcheck',
    what: 'cloudflared has a health check, and its metrics address is fixed (localhost:20241, not published).',
    why: 'Without it a tunnel that lost the edge still counts as up. It reports; it restarts nothing.',
  },
  {
    id: 'cloudflared-stop-grace',
    what: 'cloudflared has 40 s to stop.',
    why: "Its own grace period is 30 s; Docker's default of 10 s would end requests that still run.",
  },
  {
    id: 'layout-mark',
    what: 'docker-compose.yaml ends with x-mcp-tunnel, which Compose ignores.',
    why: 'An older mcp-tunnel recognises a newer layout by it, and leaves it alone.',
  },
];

const sample: readonly GuideDifference[] = [
  {
    id: 'sample-mcp-version',
    what: "The sample server installs 'mcp<2'; the guide installs the newest mcp.",
    why: "Since 2.0 mcp has no mcp.server.fastmcp, and the guide's server stops on import.",
  },
  {
    id: 'sample-hardened',
    what: `The sample server runs as user ${containerUser} with a read-only root, no capabilities, and /tmp in memory (256 MB, exec).`,
    why: 'It installs packages from the internet when it starts. exec, because some of them are compiled and Docker mounts tmpfs noexec.',
  },
];

const selinux: GuideDifference = {
  id: 'selinux-labels',
  what: 'Bind mounts carry z.',
  why: 'Docker runs with SELinux here: without the label the containers cannot read the files.',
};
