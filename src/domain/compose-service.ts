import {
  type ComposeListRule,
  commandWords,
  composeListRules,
  environmentItem,
  environmentName,
} from './compose-list.ts';
import { isRecord } from './plain-data.ts';
import type { YamlFile, YamlPath, YamlPiece } from './yaml-file.ts';

/** An existing compose file, the one we would write, and what is said about the difference. */
export interface ComposeMerge {
  readonly file: YamlFile;
  readonly template: YamlFile;
  readonly notes: string[];
}

/**
 * Makes one service of the file have everything that ours has (facts 4.6): single values become ours,
 * lists get what is missing, what is the operator's own stays. Notes never repeat old values: a file
 * made by hand may hold a token.
 */
export function mergeComposeService(merge: ComposeMerge, name: string): void {
  const wanted = merge.template.value(['services', name]);
  for (const [key, value] of Object.entries(isRecord(wanted) ? wanted : {})) {
    const path = ['services', name, key];
    const current = merge.file.value(path);
    if (current === undefined || current === null) put(merge, path);
    else if (key === 'command') mergeCommand(merge, path, value);
    else if (key === 'healthcheck') mergeHealthCheck(merge, path, current);
    else if (key === 'logging') mergeLogging(merge, path, current);
    else if (Array.isArray(value)) mergeList(merge, path, current, value.map(String));
    else setValue(merge, path, value);
  }
}

/** Removes what an earlier or a hand-made file has and ours must not have. */
export function removeFromList(
  { file, notes }: ComposeMerge,
  path: YamlPath,
  unwanted: (item: string) => boolean,
  isOurs: (comment: string) => boolean,
): void {
  const current = file.value(path);
  const rule = composeListRules[String(path.at(-1))];
  if (Array.isArray(current)) {
    for (let at = current.length - 1; at >= 0; at -= 1) {
      const id = rule?.identity(current[at]) ?? '';
      if (!unwanted(id)) continue;
      file.remove([...path, at], isOurs);
      notes.push(`${label(path)}: ${id} removed`);
    }
  } else if (isRecord(current)) {
    for (const id of Object.keys(current).filter(unwanted)) {
      file.remove([...path, id], isOurs);
      notes.push(`${label(path)}: ${id} removed`);
    }
  }
}

function put({ file, template, notes }: ComposeMerge, path: YamlPath): void {
  file.put(path.slice(0, -1), String(path.at(-1)), template.piece(path));
  notes.push(`${label(path)} added`);
}

function setValue(merge: ComposeMerge, path: YamlPath, value: unknown): void {
  const { file, template, notes } = merge;
  const current = file.value(path);
  if (current === value) return;
  if (typeof current === 'object') {
    file.put(path.slice(0, -1), String(path.at(-1)), template.piece(path));
  } else file.setScalar(path, template.scalarSource(path), value);
  notes.push(`${label(path)} set to ${String(value)}`);
}

/** Extra words of theirs (`--protocol http2`) stay; a token in a command line does not. */
function mergeCommand(
  { file, template, notes }: ComposeMerge,
  path: YamlPath,
  wanted: unknown,
): void {
  const theirs = commandWords(file.value(path));
  const ours = commandWords(wanted);
  let matched = 0;
  for (const word of theirs) if (word === ours[matched]) matched += 1;
  const token = theirs.some((word) => /^--token(-file)?(=|$)/.test(word));
  if (matched === ours.length && !token) return;
  file.put(path.slice(0, -1), 'command', template.piece(path));
  notes.push(`${label(path)} replaced`);
}

function mergeHealthCheck(merge: ComposeMerge, path: YamlPath, current: unknown): void {
  if (!isRecord(current))
    throw merge.file.refusal(path, 'a map is expected', merge.template.piece(path));
  if (current['disable'] === true) {
    merge.notes.push(
      `${label(path)} is switched off in your file: whether the tunnel is connected is not seen`,
    );
    return;
  }
  fill(merge, path, current);
  const words = (test: unknown) =>
    commandWords(test).filter((word) => word !== 'CMD' && word !== 'CMD-SHELL');
  const test = [...path, 'test'];
  const wanted = words(merge.template.value(test));
  if (
    words(merge.file.value(test)).join(' ') === wanted.join(' ') &&
    Array.isArray(merge.file.value(test))
  )
    return;
  merge.file.put(path, 'test', merge.template.piece(test));
  merge.notes.push(`${label(test)} set to ${wanted.join(' ')}`);
}

/** Another driver, or other sizes, are the operator's choice; only what is missing is filled in. */
function mergeLogging(merge: ComposeMerge, path: YamlPath, current: unknown): void {
  if (!isRecord(current))
    throw merge.file.refusal(path, 'a map is expected', merge.template.piece(path));
  const driver = current['driver'];
  if (driver !== undefined && driver !== merge.template.value([...path, 'driver'])) {
    merge.notes.push(`${label(path)}: your driver ${String(driver)} is kept`);
    return;
  }
  fill(merge, path, current);
  const options = merge.file.value([...path, 'options']);
  if (isRecord(options)) fill(merge, [...path, 'options'], options);
}

function fill(
  merge: ComposeMerge,
  path: YamlPath,
  current: Readonly<Record<string, unknown>>,
): void {
  const wanted = merge.template.value(path);
  for (const key of Object.keys(isRecord(wanted) ? wanted : {})) {
    if (current[key] === undefined || current[key] === null) put(merge, [...path, key]);
  }
}

function mergeList(
  merge: ComposeMerge,
  path: YamlPath,
  current: unknown,
  wanted: readonly string[],
): void {
  const rule = composeListRules[String(path.at(-1))];
  if (rule === undefined) throw new Error(`No rule for the list ${path.join('.')}`);
  if (isRecord(current)) mergeIntoMap(merge, path, current, wanted);
  else if (typeof current === 'string') mergeIntoOne(merge, path, current, wanted, rule);
  else if (Array.isArray(current)) mergeIntoList(merge, path, current, wanted, rule);
  else throw merge.file.refusal(path, 'a list is expected', merge.template.piece(path));
}

function mergeIntoList(
  merge: ComposeMerge,
  path: YamlPath,
  current: readonly unknown[],
  wanted: readonly string[],
  rule: ComposeListRule,
): void {
  for (const [index, ours] of wanted.entries()) {
    const at = current.findIndex((item) => rule.identity(item) === rule.identity(ours));
    const corrected = at < 0 ? undefined : rule.corrected(current[at], ours);
    if (at < 0) {
      merge.file.add(path, merge.template.piece([...path, index]));
      merge.notes.push(`${label(path)}: ${ours} added`);
    } else if (corrected !== undefined) {
      replaceItem(merge, [...path, at], corrected);
      merge.notes.push(`${label(path)}: set to ${corrected}`);
    }
  }
}

function replaceItem({ file }: ComposeMerge, path: YamlPath, text: string): void {
  const source = /^[A-Za-z./][\w./:,=-]*$/.test(text) ? text : JSON.stringify(text);
  if (typeof file.value(path) === 'string') {
    file.setScalar(path, source, text);
    return;
  }
  // A long form: ours goes to the end first, so that the list is never empty in between.
  file.add(path.slice(0, -1), { lines: [`- ${source}`], value: text });
  file.remove(path, () => false);
}

/** `tmpfs: /tmp` is short for a list of one. */
function mergeIntoOne(
  { file, template, notes }: ComposeMerge,
  path: YamlPath,
  current: string,
  wanted: readonly string[],
  rule: ComposeListRule,
): void {
  const missing = wanted.filter(
    (ours) =>
      rule.identity(ours) !== rule.identity(current) || rule.corrected(current, ours) !== undefined,
  );
  if (missing.length === 0) return;
  const kept = wanted.some((ours) => rule.identity(ours) === rule.identity(current))
    ? []
    : [current];
  const value = [...kept, ...wanted];
  const key = String(path.at(-1));
  const piece: YamlPiece = { lines: [`${key}: ${JSON.stringify(value)}`], value };
  file.put(path.slice(0, -1), key, kept.length === 0 ? template.piece(path) : piece);
  notes.push(`${label(path)}: ${missing.join(', ')} set`);
}

/** The map forms of `environment` and `depends_on`. */
function mergeIntoMap(
  { file, template, notes }: ComposeMerge,
  path: YamlPath,
  current: Readonly<Record<string, unknown>>,
  wanted: readonly string[],
): void {
  const key = String(path.at(-1));
  if (key !== 'environment' && key !== 'depends_on')
    throw file.refusal(path, 'a list is expected', template.piece(path));
  for (const [index, ours] of wanted.entries()) {
    const name = key === 'environment' ? (environmentName(ours) ?? '') : ours;
    const present = Object.hasOwn(current, name);
    if (key === 'depends_on' && present) continue;
    const theirs = present ? environmentItem(name, current[name]) : undefined;
    if (
      theirs !== undefined &&
      composeListRules['environment']?.corrected(theirs, ours) === undefined
    )
      continue;
    const value =
      key === 'depends_on'
        ? { condition: 'service_started' }
        : ours === name
          ? null
          : ours.slice(name.length + 1);
    const source = value === null ? '' : ` ${JSON.stringify(value)}`;
    const comments = template.piece([...path, index]).lines.slice(0, -1);
    file.put(path, name, { lines: [...comments, `${name}:${source}`], value });
    notes.push(`${label(path)}: ${name} ${present ? 'set' : 'added'}`);
  }
}

function label(path: YamlPath): string {
  return path.slice(1).join('.');
}
