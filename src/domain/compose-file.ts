import text from '../../templates/docker-compose.yaml?raw';
import { withHeader } from './compose-header.ts';
import { composeFileName, servicesToEdit } from './compose-layout.ts';
import { commandWords, literalTokens } from './compose-list.ts';
import { type ComposeMerge, mergeComposeService, removeFromList } from './compose-service.ts';
import { ownLayout, services } from './deployment.ts';
import type { Images } from './images.ts';
import { isRecord, valueAt } from './plain-data.ts';
import { proxyServiceIn } from './read-layout.ts';
import { renameService } from './rename-service.ts';
import { Secret } from './secret.ts';
import { renderTemplate } from './template.ts';
import { YamlFile } from './yaml-file.ts';

export { readLayout, supportedLayout } from './compose-layout.ts';

export interface ComposeWanted {
  /** Name of the file, for messages; without: ours. */
  readonly name?: string;
  readonly images: Images;
  readonly sampleServer: boolean;
  /** Where cloudflared finds the token: `credentials/tunnel-token`, or TUNNEL_TOKEN in `.env`. */
  readonly tokenIn: 'file' | 'env';
  /** Whether the engine labels files (SELinux): bind mounts then carry `z`. */
  readonly selinux: boolean;
  readonly toolVersion: string;
}

export interface PlannedComposeFile {
  /** Byte for byte the existing text if that has all that is wanted. */
  readonly text: string;
  /** What was changed in an existing file, and what in it deserves a look; one line each, no secrets. */
  readonly notes: readonly string[];
  /** Tokens written out in the existing file: mask them when its diff is shown. */
  readonly literalTokens: readonly Secret[];
}

const cloudflared = ['services', services.cloudflared];
const proxy = ['services', services.proxy];
const ourComments = new Set(text.split('\n').map((line) => line.trim()));
const isOurComment = (comment: string): boolean => ourComments.has(comment);

/**
 * The compose file as it has to be (design 5): the template, or an existing file with only what is
 * missing or different edited. Services, keys, comments and formatting of the operator's own stay.
 * The version in the first line is that of the mcp-tunnel that last changed the file, so a newer one
 * that has nothing else to change leaves it alone.
 * @throws Failure `file-malformed` (not YAML, or written so that it cannot be edited; names the line),
 * `directory-foreign` (another stack), `newer-deployment`.
 */
export function planComposeFile(
  existing: string | undefined,
  wanted: ComposeWanted,
): PlannedComposeFile {
  const rendered = renderComposeFile(wanted);
  if (existing === undefined || existing.trim() === '') {
    return { text: rendered, notes: [], literalTokens: [] };
  }
  const file = new YamlFile(wanted.name ?? composeFileName, existing);
  const found = servicesToEdit(file);
  const merge: ComposeMerge = {
    file,
    template: new YamlFile(composeFileName, rendered),
    notes: [],
  };
  const firstTime = file.value(['x-mcp-tunnel', 'layout']) === undefined;
  if (firstTime) renameProxy(merge, proxyServiceIn(found));
  const current = servicesToEdit(file);

  for (const service of Object.values(services)) mergeOrAdd(merge, service, current[service]);
  removeObsolete(merge, wanted);
  if (firstTime) {
    file.put([], 'x-mcp-tunnel', merge.template.piece(['x-mcp-tunnel']), true);
    merge.notes.push('x-mcp-tunnel added: how mcp-tunnel recognises this layout');
  }
  if (valueAt(current, [services.cloudflared, 'env_file']) !== undefined) {
    merge.notes.push(
      'cloudflared.env_file is yours and kept: cloudflared takes every TUNNEL_ variable in it as a setting',
    );
  }
  return {
    text: file.edited ? withHeader(file.text, rendered, firstTime) : existing,
    notes: merge.notes,
    literalTokens: literalTokens(current[services.cloudflared]).map((token) => new Secret(token)),
  };
}

function renderComposeFile(wanted: ComposeWanted): string {
  const values = {
    TOOL_VERSION: wanted.toolVersion,
    PROXY_IMAGE: wanted.images.proxy,
    CLOUDFLARED_IMAGE: wanted.images.cloudflared,
    SAMPLE_IMAGE: wanted.images.sample,
    SELINUX: wanted.selinux ? ',z' : '',
  };
  return renderTemplate(text, values, {
    tokenInFile: wanted.tokenIn === 'file',
    tokenInEnv: wanted.tokenIn === 'env',
    sampleServer: wanted.sampleServer,
  });
}

function mergeOrAdd(merge: ComposeMerge, service: string, current: unknown): void {
  const { file, template, notes } = merge;
  const path = ['services', service];
  if (template.value(path) === undefined) {
    if (current === undefined) return;
    const ours = isOurSample(current);
    if (ours) file.remove(path, isOurComment);
    notes.push(ours ? `${service} removed` : `${service} is not as mcp-tunnel writes it: kept`);
  } else if (current === undefined) {
    file.put(['services'], service, template.piece(path), true);
    notes.push(`${service} added`);
  } else if (!isRecord(current)) {
    throw file.refusal(path, 'a map is expected', template.piece(path));
  } else if (service === services.sample && current['build'] !== undefined) {
    notes.push(`${service} is built from a source of your own: kept`);
  } else {
    mergeComposeService(merge, service);
  }
}

/** True for the sample server as we write it, whatever its image and the options of its mounts. */
function isOurSample(service: unknown): boolean {
  const ours = new YamlFile(composeFileName, text).value(['services', services.sample]);
  if (!isRecord(service) || !isRecord(ours)) return false;
  const sameCommand =
    commandWords(service['command']).join(' ') === commandWords(ours['command']).join(' ');
  return sameCommand && Object.keys(service).every((key) => Object.hasOwn(ours, key));
}

/** The proxy of a stack made by hand gets the guide's name: our files and the guide's commands use it. */
function renameProxy({ file, notes }: ComposeMerge, name: string | undefined): void {
  if (name === undefined || name === services.proxy) return;
  const mentioning = renameService(file, name, services.proxy);
  notes.push(`${name} renamed to ${services.proxy}, as in the guide since 2026-05-22`);
  for (const service of mentioning)
    notes.push(`${service} mentions ${name}: change it if the proxy is meant`);
}

/** The other way to pass the token, which would win over ours or dangle; and another config path (facts 9). */
function removeObsolete(merge: ComposeMerge, wanted: ComposeWanted): void {
  const inFile = wanted.tokenIn === 'file';
  const variable = inFile ? 'TUNNEL_TOKEN' : 'TUNNEL_TOKEN_FILE';
  removeFromList(merge, [...cloudflared, 'environment'], (name) => name === variable, isOurComment);
  if (!inFile) {
    removeFromList(
      merge,
      [...cloudflared, 'volumes'],
      (target) => target === '/credentials',
      isOurComment,
    );
  }
  removeOtherConfig(merge);
}

/** The plugin's `-config PATH` (facts 4.3), and mounts in which the image's own path would be hidden. */
function removeOtherConfig(merge: ComposeMerge): void {
  const { file, notes } = merge;
  const command = [...proxy, 'command'];
  const words = commandWords(file.value(command));
  const at = words.findIndex((word) => /^--?config(?:=|$)/u.test(word));
  const word = words[at] ?? '';
  const named = word.includes('=') ? word.slice(word.indexOf('=') + 1) : words[at + 1];
  const hides = (target: string) =>
    target === named || ownLayout.configInContainer.startsWith(`${target}/`);
  if (at >= 0) {
    const rest = words.toSpliced(at, word.includes('=') ? 1 : 2);
    const piece = { lines: [`command: ${JSON.stringify(rest)}`], value: rest };
    if (rest.length === 0) file.remove(command, isOurComment);
    else file.put(proxy, 'command', piece);
    const what = rest.length === 0 ? 'mcp-proxy.command' : `mcp-proxy.command: ${word}`;
    notes.push(`${what} removed: its configuration is mounted where the image looks for it`);
  }
  removeFromList(
    merge,
    [...proxy, 'volumes'],
    (target) => target !== ownLayout.configInContainer && hides(target),
    isOurComment,
  );
}
