import { relative, resolve } from 'node:path';
import { commandWords, environmentItem } from './compose-list.ts';
import { interpolate } from './compose-variables.ts';
import { type ComposeVolume, readComposeVolume } from './compose-volume.ts';
import { type DeploymentLayout, ownLayout, services, type TokenSource } from './deployment.ts';
import { readEnvStatements } from './env-statements.ts';
import { isRecord, scalarText, valueAt } from './plain-data.ts';
import { readProxyConfig } from './proxy-config-read.ts';
import { parseYaml } from './yaml-parse.ts';

/** The texts that tell how a stack is laid out; `undefined` for a file that is not there. */
export interface LayoutTexts {
  /** Name of the file that Compose takes. */
  readonly composeFile: string;
  readonly compose: string;
  readonly override?: string | undefined;
  readonly env?: string | undefined;
  /** The proxy's configuration, where it could be read. */
  readonly proxyConfig?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;
type Services = Readonly<Record<string, Fields>>;

/** The proxy's name in guides before 2026-05-22 (facts 4.3). */
const formerName = 'mcp-gateway';
const dataMount = '/data';

/**
 * How the stack in a directory is laid out: ours, the guide's of any date, the plugin's (facts 4.3),
 * or one that was changed by hand. What is not a tunnel's stack, or cannot be read, has our layout:
 * whoever needs more of it says what is wrong. Never throws.
 */
export function readDeploymentLayout(dir: string, texts: LayoutTexts): DeploymentLayout {
  const plain = { ...ownLayout, composeFile: texts.composeFile };
  const main = dataOf(texts.compose);
  const stack = overlaid(servicesIn(main), servicesIn(dataOf(texts.override)));
  const proxyService = proxyServiceIn(stack);
  const cloudflared = stack[services.cloudflared];
  if (proxyService === undefined || cloudflared === undefined) return plain;
  const isMarked = valueAt(main, ['x-mcp-tunnel', 'layout']) !== undefined;
  if (!isMarked && !isTunnelProxy(stack, proxyService)) return plain;
  const filled = filledIn(stack, texts.env);
  const token = tokenSource(dir, cloudflared, filled[services.cloudflared] ?? {});
  // What the operator's override changes of ours is theirs to look after.
  if (isMarked) return token.in === 'env' ? { ...plain, token } : plain;
  const proxy = filled[proxyService] ?? {};
  const mounts = volumesOf(proxy);
  const configInContainer = configPathOf(proxy);
  const name = valueAt(main, ['name']);
  return {
    composeFile: texts.composeFile,
    byHand: true,
    proxyService,
    configInContainer,
    proxyConfig: onHost(dir, mounts, configInContainer) ?? ownLayout.proxyConfig,
    dataDir: onHost(dir, mounts, dataMount) ?? ownLayout.dataDir,
    ...pairNames(texts.proxyConfig),
    token,
    project: typeof name === 'string' && /^[a-z0-9][-_a-z0-9]*$/u.test(name) ? name : undefined,
    hasSetup: Object.values(stack).some(isSetup),
  };
}

/**
 * The service that is the proxy: the one of the guide's name; else one that is a tunnel's proxy by what
 * it is: the one that runs the vendor's image, whose network cloudflared shares, or of the guide's
 * former name. Other programs are called so, too, and cloudflared stands beside many.
 */
export function proxyServiceIn(stack: Fields): string | undefined {
  if (Object.hasOwn(stack, services.proxy) && isRecord(stack[services.proxy]))
    return services.proxy;
  const byImage = Object.keys(stack).find((name) => runsProxyImage(stack[name]));
  return [byImage, sharedWith(stack), formerName].find(
    (name) => name !== undefined && isTunnelProxy(stack, name),
  );
}

/** The service whose network cloudflared shares. */
function sharedWith(stack: Fields): string | undefined {
  const mode = valueAt(stack, [services.cloudflared, 'network_mode']);
  return /^service:(.+)$/u.exec(scalarText(mode))?.[1];
}

/** The setup component has the same image. */
function runsProxyImage(service: unknown): boolean {
  const image = scalarText(valueAt(service, ['image']));
  const isProxy = /\/images\/mcp-(?:proxy|gateway)(?:[:@]|$)/u.test(image);
  return isProxy && isRecord(service) && !isSetup(service);
}

/** By the vendor's image, or by its mounts and cloudflared in its network (facts 4.3, 4.6). */
function isTunnelProxy(stack: Fields, name: string): boolean {
  const service = Object.hasOwn(stack, name) ? stack[name] : undefined;
  if (!isRecord(service)) return false;
  const targets = volumesOf(service).map(({ target }) => target);
  const hasConfig = targets.some((target) => /^\/etc\/mcp-(?:proxy|gateway)(?:\/|$)/u.test(target));
  const isLaidOut = hasConfig && targets.includes(dataMount) && sharedWith(stack) === name;
  return runsProxyImage(service) || isLaidOut;
}

function dataOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : parseYaml('', text).data;
  } catch {
    return undefined;
  }
}

function servicesIn(data: unknown): Services {
  const all = valueAt(data, ['services']);
  return Object.fromEntries(
    Object.entries(isRecord(all) ? all : {}).flatMap(([name, fields]) =>
      isRecord(fields) ? [[name, fields]] : [],
    ),
  );
}

/** The second file over the first, as far as a layout goes: its mounts and variables come first. */
function overlaid(main: Services, over: Services): Services {
  const merged = Object.entries(over).map(([name, fields]) => {
    const before = main[name] ?? {};
    const volumes = [...listOf(fields['volumes']), ...listOf(before['volumes'])];
    const environment = [...itemsOf(fields['environment']), ...itemsOf(before['environment'])];
    return [name, { ...before, ...fields, volumes, environment }] as const;
  });
  return { ...main, ...Object.fromEntries(merged) };
}

/** With the variables of `.env`; as written where one of them cannot be filled in. */
function filledIn(stack: Services, env: string | undefined): Services {
  const statements = readEnvStatements(env ?? '');
  const values = new Map(
    (statements.ok ? statements.value : []).map(({ name, value }) => [name, value]),
  );
  try {
    return servicesIn({ services: interpolate(stack, values) });
  } catch {
    return stack;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `environment` in either form as `NAME=value`, or NAME where it is passed through. */
function itemsOf(environment: unknown): readonly string[] {
  if (Array.isArray(environment)) return environment.map(scalarText);
  const entries = Object.entries(isRecord(environment) ? environment : {});
  return entries.map(([name, value]) => environmentItem(name, value));
}

function volumesOf(service: Fields): readonly ComposeVolume[] {
  return listOf(service['volumes']).flatMap((entry) => readComposeVolume(entry) ?? []);
}

/** The value of a flag in a command, in either form. */
function flagOf(command: unknown, ...flags: readonly string[]): string | undefined {
  const words = commandWords(command);
  const at = words.findIndex((word) => flags.includes(word.split('=')[0] ?? ''));
  const word = words[at];
  if (word === undefined) return undefined;
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : words[at + 1];
}

function configPathOf(proxy: Fields): string {
  const named = flagOf(proxy['command'], '-config', '--config');
  return named?.startsWith('/') ? named : ownLayout.configInContainer;
}

/** Where a path of a container lies on this host, relative to `dir` where it is in it. */
function onHost(dir: string, mounts: readonly ComposeVolume[], path: string): string | undefined {
  const covers = ({ target }: ComposeVolume) => path === target || path.startsWith(`${target}/`);
  const [mount] = mounts
    .filter(covers)
    .toSorted((one, other) => other.target.length - one.target.length);
  if (mount?.source === undefined || !/^(?:\.{0,2}\/|\.{1,2}$)/u.test(mount.source))
    return undefined;
  const found = resolve(dir, mount.source, `.${path.slice(mount.target.length)}`);
  const inside = relative(dir, found);
  return inside === '' || inside.startsWith('..') ? found : inside;
}

/** Names of the proxy's certificate and key below `/data`. */
function pairNames(
  config: string | undefined,
): Pick<DeploymentLayout, 'certificateName' | 'keyName'> {
  const read = config === undefined ? undefined : readProxyConfig(config);
  const nameOf = (path: string | undefined, otherwise: string) =>
    /^\/data\/([\w.-]+)$/u.exec(path ?? '')?.[1] ?? otherwise;
  return {
    certificateName: nameOf(read?.ok ? read.value.certFile : undefined, ownLayout.certificateName),
    keyName: nameOf(read?.ok ? read.value.keyFile : undefined, ownLayout.keyName),
  };
}

/** `written`: as in the file, to tell a variable from a value; `filled`: with the variables of `.env`. */
function tokenSource(dir: string, written: Fields, filled: Fields): TokenSource {
  const variables = itemsOf(written['environment']);
  const token = variables.find((item) => /^TUNNEL_TOKEN(?:=|$)/u.test(item));
  const flag = flagOf(written['command'], '--token');
  const given = flag ?? (token?.includes('=') ? token.slice('TUNNEL_TOKEN='.length) : undefined);
  if (given !== undefined) {
    if (/^\$(?:TUNNEL_TOKEN$|\{TUNNEL_TOKEN(?:[:?+-]|\}))/u.test(given)) return { in: 'env' };
    return { in: given.includes('$') ? 'elsewhere' : 'compose' };
  }
  if (token !== undefined) return { in: 'env' };
  const path =
    flagOf(filled['command'], '--token-file') ??
    itemsOf(filled['environment'])
      .find((item) => item.startsWith('TUNNEL_TOKEN_FILE='))
      ?.slice('TUNNEL_TOKEN_FILE='.length);
  if (path !== undefined) {
    const found = onHost(dir, volumesOf(filled), path);
    return found === undefined ? { in: 'elsewhere' } : { in: 'file', path: found };
  }
  const files = [written['env_file']].flat().map((file) => valueAt(file, ['path']) ?? file);
  if (files.every((file) => file === undefined)) return { in: 'nothing' };
  return { in: files.every((file) => file === '.env' || file === './.env') ? 'env' : 'elsewhere' };
}

/** The vendor's setup component, by its entrypoint (facts 3). */
function isSetup({ entrypoint }: Fields): boolean {
  return /(?:^|\/)setup$/u.test(commandWords(entrypoint)[0] ?? '');
}
