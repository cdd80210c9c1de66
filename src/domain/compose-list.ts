import { correctedVolume, readComposeVolume } from './compose-volume.ts';
import { isRecord, scalarText } from './plain-data.ts';

/** How the items of one of a service's lists are told apart and compared with ours. */
export interface ComposeListRule {
  /** Same text = same thing, such as a mount's place in the container; undefined if it cannot be told. */
  readonly identity: (item: unknown) => string | undefined;
  /** What to write in the place of theirs; undefined if theirs does as it is. */
  readonly corrected: (theirs: unknown, ours: string) => string | undefined;
}

const text = (item: unknown): string => (typeof item === 'string' ? item : '');
const unlessEqual = (theirs: unknown, ours: string): string | undefined =>
  theirs === ours ? undefined : ours;

/** By key of a service. The lists we write hold only strings. */
export const composeListRules: Readonly<Record<string, ComposeListRule>> = {
  volumes: {
    identity: (item) => readComposeVolume(item)?.target,
    corrected: (item, ours) => {
      const theirs = readComposeVolume(item);
      const wanted = readComposeVolume(ours);
      return theirs === undefined || wanted === undefined ? ours : correctedVolume(theirs, wanted);
    },
  },
  environment: { identity: environmentName, corrected: correctedVariable },
  cap_drop: { identity: (item) => text(item).toUpperCase(), corrected: () => undefined },
  security_opt: {
    identity: (item) => text(item).split(/[:=]/)[0],
    corrected: (theirs, ours) =>
      ['no-new-privileges', 'no-new-privileges=true'].includes(text(theirs))
        ? undefined
        : unlessEqual(theirs, ours),
  },
  // Their size may be another one; without exec the sample server cannot load what it installs.
  tmpfs: {
    identity: (item) => text(item).split(':')[0],
    corrected: (theirs, ours) =>
      (text(theirs).split(':')[1] ?? '').split(',').includes('exec') ? undefined : ours,
  },
  depends_on: { identity: text, corrected: () => undefined },
};

/** Name of a variable in the list form of `environment`: `NAME=VALUE`, or `NAME` passed through. */
export function environmentName(item: unknown): string | undefined {
  return text(item).split('=')[0];
}

/** `NAME: value` of the map form as an item of the list form; null means passed through. */
export function environmentItem(name: string, value: unknown): string {
  return value === null ? name : `${name}=${scalarText(value)}`;
}

function correctedVariable(theirs: unknown, ours: string): string | undefined {
  // Passed through by name, or interpolated from a variable of the same name: the same thing.
  if (!ours.includes('=') && text(theirs).startsWith(`${ours}=\${${ours}`)) return undefined;
  return unlessEqual(theirs, ours);
}

/** Literal tokens in a service of a file made by hand: not to be shown in a diff. */
export function literalTokens(service: unknown): string[] {
  if (!isRecord(service)) return [];
  const { environment, command } = service;
  const items = Array.isArray(environment)
    ? environment.map(text)
    : isRecord(environment)
      ? Object.entries(environment).map(([name, value]) => environmentItem(name, value))
      : [];
  const variables = items.map((item) => /^TUNNEL_TOKEN=(.+)$/s.exec(item)?.[1]);
  const words = commandWords(command);
  const flags = words.map((word, at) =>
    word.startsWith('--token=') ? word.slice(8) : words[at - 1] === '--token' ? word : undefined,
  );
  return [...variables, ...flags]
    .filter((token) => token !== undefined && !token.startsWith('$'))
    .map(text);
}

/** A command in either form as words; of the string form split at spaces, which is enough to compare. */
export function commandWords(command: unknown): string[] {
  if (Array.isArray(command)) return command.map(scalarText);
  return typeof command === 'string' ? command.trim().split(/\s+/) : [];
}
