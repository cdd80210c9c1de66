import { commandWords } from './compose-list.ts';
import { type DeploymentLayout, ownLayout, services } from './deployment.ts';
import { type GuideDifference, guideDifferences } from './guide-differences.ts';
import { isRecord, valueAt } from './plain-data.ts';
import { parseYaml } from './yaml-parse.ts';

/** A stack made by hand, as far as its differences to ours go. */
export interface AdoptionFacts {
  readonly layout: DeploymentLayout;
  readonly compose: string;
  /** Whether every user of this host can read data/tls.key. */
  readonly keyIsOpen: boolean;
  readonly tokenIn: 'file' | 'env';
  readonly sampleServer: boolean;
  readonly selinux: boolean;
}

/**
 * What becomes otherwise in a stack made by hand, each with its reason: only what is not so already,
 * in the order of the files.
 */
export function adoptionDifferences(facts: AdoptionFacts): readonly GuideDifference[] {
  const stack = servicesOf(facts);
  const general = guideDifferences(facts);
  const pick = (id: string, holds: boolean) =>
    holds ? general.filter((difference) => difference.id === id) : [];
  const cloudflared = stack[services.cloudflared];
  const sample = stack[services.sample];
  const pair = [stack[facts.layout.proxyService], cloudflared];
  return [
    ...serviceName(facts),
    ...configPath(facts),
    ...tokenPlace(facts),
    ...pick('private-keys', facts.keyIsOpen),
    ...(pair.every(isHardened) ? [] : [hardened]),
    ...(pair.every(hasLogLimits) ? [] : [logLimits]),
    ...pick('cloudflared-healthcheck', valueAt(cloudflared, ['healthcheck']) === undefined),
    ...pick('cloudflared-stop-grace', valueAt(cloudflared, ['stop_grace_period']) !== '40s'),
    ...pick('sample-mcp-version', sample !== undefined && !pinsMcp(sample)),
    ...pick('sample-hardened', sample !== undefined && !isHardened(sample)),
    ...pick('selinux-labels', facts.selinux),
    ...pick('layout-mark', true),
  ];
}

function servicesOf({ compose, layout }: AdoptionFacts): Readonly<Record<string, unknown>> {
  try {
    const all = valueAt(parseYaml(layout.composeFile, compose).data, ['services']);
    return isRecord(all) ? all : {};
  } catch {
    return {};
  }
}

function serviceName({ layout }: AdoptionFacts): readonly GuideDifference[] {
  const { proxyService, proxyConfig } = layout;
  const [name, config] = [ownLayout.proxyService, ownLayout.proxyConfig];
  const file = proxyConfig === config ? '' : ` ${proxyConfig} becomes ${config}.`;
  if (proxyService === name && file === '') return [];
  const service =
    proxyService === name
      ? ''
      : `${proxyService} becomes ${name}, in cloudflared’s network_mode, too.`;
  return [
    {
      id: 'names',
      what: `${service}${file}`.trim(),
      why: 'The guide’s names since 2026-05-22: its commands fit again, and those in the header of the Compose file. Comments and order stay.',
    },
  ];
}

function configPath({ layout }: AdoptionFacts): readonly GuideDifference[] {
  const path = ownLayout.configInContainer;
  if (layout.configInContainer === path) return [];
  return [
    {
      id: 'config-path',
      what: `The proxy’s configuration is mounted at ${path}; -config ${layout.configInContainer} goes.`,
      why: 'There the image looks by itself, and the vendor’s documentation has it.',
    },
  ];
}

function tokenPlace({ layout, tokenIn }: AdoptionFacts): readonly GuideDifference[] {
  if (tokenIn === 'env' || layout.token.in === 'file') return [];
  return [
    {
      id: 'token-in-file',
      what: 'The token is in credentials/tunnel-token, readable only by the container’s user; it leaves .env, the Compose file and the container’s environment.',
      why: 'docker compose up -d then works from any shell and after a reboot, and the token is not in docker inspect. It is the same token.',
    },
  ];
}

const hardened: GuideDifference = {
  id: 'hardened',
  what: 'Proxy and cloudflared run as user 65532 with a read-only root, without capabilities and without new privileges.',
  why: 'So does the vendor’s deployment guide; its quickstart leaves it out. Neither writes anything.',
};

const logLimits: GuideDifference = {
  id: 'log-limits',
  what: 'Logs of the containers end at three files of 10 MB.',
  why: 'Docker’s default has no end: a refused edge makes cloudflared log without pause, until the disk is full.',
};

function isHardened(service: unknown): boolean {
  return ['user', 'read_only', 'cap_drop', 'security_opt'].every(
    (key) => valueAt(service, [key]) !== undefined,
  );
}

function hasLogLimits(service: unknown): boolean {
  return valueAt(service, ['logging']) !== undefined;
}

function pinsMcp(service: unknown): boolean {
  return commandWords(valueAt(service, ['command']))
    .join(' ')
    .includes('mcp<2');
}
