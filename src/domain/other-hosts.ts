import { commandLine } from './command-line.ts';
import { asFailure, Failure } from './failure.ts';
import { nameCredential } from './foreign-secret.ts';
import { cleanLine } from './log-line.ts';
import { nearest } from './nearest.ts';
import { isRecord } from './plain-data.ts';
import { YamlFile, type YamlPath } from './yaml-file.ts';

/** The file as the operator knows it. */
export const hostsFileName = '.mcp-tunnel/hosts.yaml';

/** Another host that runs the same tunnel, as the operator has written it down. */
export interface OtherHost {
  /** What ssh takes: `vm-2`, `ops@vm-2.example`. */
  readonly name: string;
  /** The operator's own words. */
  readonly note: string | undefined;
  /** Where the deployment lies there; undefined: where it lies here. */
  readonly dir: string | undefined;
}

/** Longer lists and names are a mistake. */
const mostHosts = 1_000;
const longestNote = 200;

/** No space and no leading dash: it is an argument of ssh. */
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_.@:%-]{0,254}$/u;

const example = 'version: 1\nhosts:\n  - name: vm-2\n    note: Frankfurt\n    dir: /srv/mcp-tunnel';

const keys = { file: ['version', 'hosts'], host: ['name', 'note', 'dir'] } as const;

/**
 * The hosts of `.mcp-tunnel/hosts.yaml`, in their order; none in an empty file.
 * @throws Failure `file-malformed`, naming the line, for anything that is not exactly such a list.
 */
export function readOtherHosts(text: string): readonly OtherHost[] {
  const file = openFile(text);
  const data = file.value();
  if (data === null || data === undefined) return [];
  if (!isRecord(data)) throw malformed(file, [], 'it is no map of settings');
  assertKeys(file, [], data, keys.file);
  if (data['version'] !== 1) throw malformed(file, ['version'], 'it does not say “version: 1”');
  const list = data['hosts'] ?? [];
  if (!Array.isArray(list)) throw malformed(file, ['hosts'], 'hosts is no list');
  if (list.length > mostHosts)
    throw malformed(file, ['hosts'], `more than ${mostHosts} hosts are listed`);
  const hosts = list.map((entry: unknown, index) => readHost(file, ['hosts', index], entry));
  hosts.forEach(({ name }, index) => {
    if (hosts.findIndex((each) => each.name === name) < index)
      throw malformed(file, ['hosts', index], `${name} is listed twice`);
  });
  return hosts;
}

function openFile(text: string): YamlFile {
  try {
    return new YamlFile(hostsFileName, text);
  } catch (error) {
    const { code, summary } = asFailure(error);
    const nextSteps = [`Correct ${hostsFileName}, then run the same command again.`];
    throw new Failure(code, summary, { expected: example, nextSteps, cause: error });
  }
}

function readHost(file: YamlFile, path: YamlPath, entry: unknown): OtherHost {
  if (!isRecord(entry)) throw malformed(file, path, 'a host is written as “- name: vm-2”');
  assertKeys(file, path, entry, keys.host);
  const { name, note, dir } = entry;
  if (typeof name !== 'string' || name === '')
    throw malformed(file, [...path, 'name'], 'a host needs a name');
  if (nameCredential(name) !== undefined || name.includes('eyJ'))
    throw malformed(file, [...path, 'name'], 'this is no host but looks like a secret');
  if (!namePattern.test(name))
    throw malformed(file, [...path, 'name'], 'this is no name that ssh takes');
  if (note !== undefined && (typeof note !== 'string' || note.length > longestNote))
    throw malformed(file, [...path, 'note'], `a note is a text of at most ${longestNote} letters`);
  if (dir !== undefined && !(typeof dir === 'string' && isPath(dir)))
    throw malformed(file, [...path, 'dir'], 'dir is an absolute path');
  return { name, note: note === undefined ? undefined : cleanLine(note), dir };
}

function isPath(text: string): boolean {
  return text.startsWith('/') && cleanLine(text) === text;
}

function assertKeys(
  file: YamlFile,
  path: YamlPath,
  map: Record<string, unknown>,
  known: readonly string[],
): void {
  const unknown = Object.keys(map).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  const advice = near ? `did you mean ${near}?` : `there are: ${known.join(', ')}`;
  throw malformed(file, [...path, unknown], `it has a key that is not known; ${advice}`);
}

function malformed(file: YamlFile, path: YamlPath, what: string): Failure {
  const place = `${hostsFileName}, line ${file.lineOf(path)}`;
  return new Failure('file-malformed', `${place}: ${what}.`, {
    expected: example,
    nextSteps: [`Correct ${place}, then run the same command again.`],
  });
}

/** The host that `name` leads to: without user, port and, where it has one, domain. */
function bareName(name: string): string {
  return (name.split('@').at(-1) ?? name).split(/[.:]/u)[0]?.toLowerCase() ?? '';
}

/** Those that are not this host itself: the same list may lie on every one. */
export function withoutThisHost(
  hosts: readonly OtherHost[],
  hostname: string,
): readonly OtherHost[] {
  return hosts.filter(({ name }) => bareName(name) !== bareName(hostname));
}

/** What to type here to give a host the new token; `dir` is where the deployment lies here. */
export function rotateThere(host: OtherHost, dir: string): string {
  const there = commandLine(['mcp-tunnel', 'rotate-token', '--dir', host.dir ?? dir]);
  return commandLine(['ssh', '-t', host.name, there]);
}
