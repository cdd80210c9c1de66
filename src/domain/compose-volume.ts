import { isRecord } from './plain-data.ts';

/** A bind mount or volume of a service, from either of Compose's two ways to write it. */
export interface ComposeVolume {
  readonly source: string | undefined;
  /** Path in the container: what makes two mounts the same one. */
  readonly target: string;
  /** `ro`, `z`, …; of the long form those that the short form can say. */
  readonly options: readonly string[];
}

/** Reads `SOURCE:TARGET[:OPTIONS]`, `TARGET` or the long form; undefined for anything else. */
export function readComposeVolume(value: unknown): ComposeVolume | undefined {
  if (typeof value === 'string') {
    // Not at a colon inside ${NAME:-default}.
    const [first, target, options] = value.split(/:(?![^${]*\})/);
    if (first === undefined || first === '') return undefined;
    if (target === undefined) return { source: undefined, target: clean(first), options: [] };
    return {
      source: first,
      target: clean(target),
      options: options === undefined ? [] : options.split(','),
    };
  }
  if (!isRecord(value) || typeof value['target'] !== 'string') return undefined;
  const { source, target, read_only: readOnly, bind } = value;
  const selinux = isRecord(bind) && typeof bind['selinux'] === 'string' ? [bind['selinux']] : [];
  return {
    source: typeof source === 'string' ? source : undefined,
    target: clean(target),
    options: [...(readOnly === true ? ['ro'] : []), ...selinux],
  };
}

/**
 * What a mount at the place of ours has to be: our source, our options, and those options of theirs
 * that do not speak against ours. Undefined if theirs is that already.
 */
export function correctedVolume(theirs: ComposeVolume, ours: ComposeVolume): string | undefined {
  const contrary = new Set(ours.options.map((option) => opposites[option] ?? ''));
  const extra = theirs.options.filter((option) => option !== '' && !ours.options.includes(option));
  const kept = extra.filter((option) => !contrary.has(option));
  const complete = ours.options.every((option) => theirs.options.includes(option));
  if (theirs.source === ours.source && complete && kept.length === extra.length) return undefined;
  return [ours.source, ours.target, [...ours.options, ...kept].join(',')].join(':');
}

const opposites: Readonly<Record<string, string>> = { ro: 'rw', z: 'Z' };

function clean(target: string): string {
  return target.length > 1 ? target.replace(/\/+$/, '') : target;
}
