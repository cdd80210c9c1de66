import { isRecord, valueAt } from './plain-data.ts';
import type { YamlFile, YamlPath } from './yaml-file.ts';

/** Keys by which a service shares something of another one: `service:NAME`. */
const sharing = ['network_mode', 'ipc', 'pid'];
/** Keys that name other services, in a list or as keys of a map. */
const naming = ['depends_on', 'links', 'volumes_from'];

/**
 * Gives a service of a Compose file another name, wherever the file names it; comments and order stay.
 * Returns the services whose text still mentions the old name: whether they mean it only their owner
 * knows.
 * @throws Failure `file-malformed` where it is written so that it cannot be edited, or the new name is taken.
 */
export function renameService(file: YamlFile, from: string, to: string): readonly string[] {
  file.rename(['services', from], to);
  const names = Object.keys(Object(file.value(['services'])));
  for (const name of names) {
    const service = ['services', name];
    for (const key of sharing) setIf(file, [...service, key], `service:${from}`, `service:${to}`);
    for (const key of naming) renameIn(file, [...service, key], from, to);
    if (file.value([...service, 'extends', 'file']) === undefined)
      setIf(file, [...service, 'extends', 'service'], from, to);
  }
  return names.filter((name) => {
    // Folders of the proxy's own are named like it, too.
    const { volumes: _, ...fields } = Object(file.value(['services', name]));
    return name !== to && mentions(fields, from);
  });
}

/** True if any text in the data has the name as a word. */
function mentions(data: unknown, name: string): boolean {
  if (typeof data === 'string') return data.split(/[^\w.-]+/u).includes(name);
  if (Array.isArray(data)) return data.some((item) => mentions(item, name));
  return isRecord(data) && Object.values(data).some((value) => mentions(value, name));
}

function renameIn(file: YamlFile, path: YamlPath, from: string, to: string): void {
  const value = file.value(path);
  if (isRecord(value) && Object.hasOwn(value, from)) file.rename([...path, from], to);
  if (!Array.isArray(value)) return;
  for (const [index, item] of value.entries()) {
    const [name, ...rest] = typeof item === 'string' ? item.split(':') : [];
    if (name === from) set(file, [...path, index], [to, ...rest].join(':'));
  }
}

function setIf(file: YamlFile, path: YamlPath, from: string, to: string): void {
  if (valueAt(file.value(), path) === from) set(file, path, to);
}

function set(file: YamlFile, path: YamlPath, text: string): void {
  file.setScalar(path, text.includes(':') ? JSON.stringify(text) : text, text);
}
