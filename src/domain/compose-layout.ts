import { services } from './deployment.ts';
import { Failure } from './failure.ts';
import { isRecord } from './plain-data.ts';
import { proxyServiceIn } from './read-layout.ts';
import { YamlFile } from './yaml-file.ts';

/** Number of the layout we write; a file with a higher one was made by a newer mcp-tunnel. */
export const supportedLayout = 1;

export const composeFileName = 'docker-compose.yaml';

/**
 * The layout that a compose file was written for; undefined for one that mcp-tunnel has not touched.
 * @throws Failure `file-malformed` if it is not YAML or its layout is not a whole number.
 */
export function readLayout(text: string): number | undefined {
  return layoutOf(new YamlFile(composeFileName, text));
}

/**
 * The services of an existing file, if it is ours to edit.
 * @throws Failure `newer-deployment`; `directory-foreign` for another stack; `file-malformed` if there
 * is no map of services.
 */
export function servicesToEdit(file: YamlFile): Readonly<Record<string, unknown>> {
  const layout = layoutOf(file);
  if (layout !== undefined && layout > supportedLayout) {
    throw new Failure('newer-deployment', `${file.name} was written by a newer mcp-tunnel`, {
      found: `layout ${layout}`,
      expected: `layout ${supportedLayout} or older`,
      nextSteps: [
        'Use the mcp-tunnel that wrote it (the first line names its version) or a newer one.',
      ],
    });
  }
  const current = file.value(['services']);
  if (!isRecord(current)) throw file.refusal(['services'], 'a map of services is expected');
  const names = Object.keys(current);
  const known =
    [services.proxy, services.cloudflared].some((name) => names.includes(name)) ||
    proxyServiceIn(current) !== undefined;
  if (layout === undefined && !known) {
    throw new Failure('directory-foreign', `${file.name} describes something else`, {
      found: names.length === 0 ? 'no services' : `services ${names.slice(0, 5).join(', ')}`,
      expected: `services ${services.proxy} and ${services.cloudflared}, or no ${file.name}`,
      nextSteps: ['Install in another directory: --dir DIR'],
    });
  }
  return current;
}

function layoutOf(file: YamlFile): number | undefined {
  const path = ['x-mcp-tunnel', 'layout'];
  const layout = file.value(path);
  if (layout === undefined) return undefined;
  if (typeof layout === 'number' && Number.isInteger(layout) && layout > 0) return layout;
  throw file.refusal(path, `a whole number is expected; ours is ${supportedLayout}`);
}
