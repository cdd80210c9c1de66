import type { ImageState, LayerState } from '../../src/runner/reduce.ts';
import type { Line } from '../blocks/block.ts';
import { span } from '../blocks/block.ts';
import { cutLine, fillText } from './cut-text.ts';

const widestBar = 30;
/** `123.4 of 567.8 MB` rarely; `12.3 of 45.6 MB` mostly. */
const bytesWidth = 15;
/** As wide as `Downloading`. */
const statusWidth = 11;

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function isComplete({ status }: LayerState): boolean {
  return /pull complete|already exists/iu.test(status);
}

/** True once all bytes of the layer are here, unpacked or not. */
function hasArrived(layer: LayerState): boolean {
  return isComplete(layer) || /download complete|verifying|extracting/iu.test(layer.status);
}

function shareOf(layer: LayerState): number {
  if (hasArrived(layer)) return 1;
  const { current, total } = layer;
  return current === undefined || total === undefined ? 0 : Math.min(1, current / total);
}

/** The image's name without registry, path and digest. */
export function imageName(ref: string): string {
  return ref.split('@')[0]?.split('/').at(-1) ?? ref;
}

interface Amount {
  readonly complete: number;
  readonly layers: number;
  readonly bytes: number;
  readonly total: number;
}

function amountOf({ layers }: ImageState): Amount {
  const all = Object.values(layers);
  const known = all.filter((layer) => layer.total !== undefined);
  return {
    complete: all.filter(isComplete).length,
    layers: all.length,
    bytes: known.reduce(
      (sum, layer) => sum + (hasArrived(layer) ? (layer.total ?? 0) : (layer.current ?? 0)),
      0,
    ),
    total: known.reduce((sum, layer) => sum + (layer.total ?? 0), 0),
  };
}

/** Bytes so far of the layers whose size is known, and how many layers are complete. */
export function pullLine(state: ImageState): string {
  const { complete, layers, bytes, total } = amountOf(state);
  const amount = total > 0 ? `, ${megabytes(bytes)} of ${megabytes(total)}` : '';
  return `${imageName(state.image)}: ${complete} of ${layers} layers${amount}`;
}

function bar(share: number, width: number): Line {
  const full = Math.floor(share * width);
  return [span('█'.repeat(full), 'accent'), span('░'.repeat(width - full), 'quiet')];
}

function imageLine(state: ImageState, nameWidth: number, width: number): Line {
  const name = fillText(imageName(state.image), nameWidth);
  const layers = Object.values(state.layers);
  if (state.pulled) return cutLine([span('✓ ', 'good'), span(`${name}  `), span('here')], width);
  const { complete } = amountOf(state);
  const words =
    layers.length > 0 && layers.every(hasArrived)
      ? `unpacking, ${complete} of ${layers.length} layers`
      : `${complete} of ${layers.length} layers`;
  const cells = Math.min(widestBar, width - nameWidth - words.length - 6);
  // Each layer has an equal part of the bar: the size of a layer is known only once it is fetched.
  const share = layers.reduce((sum, layer) => sum + shareOf(layer), 0) / Math.max(1, layers.length);
  return cutLine(
    [
      span('▸ ', 'accent'),
      span(`${name}  `, 'strong'),
      ...(cells < 6 ? [] : [...bar(share, cells), span('  ')]),
      span(words),
    ],
    width,
  );
}

function layerLine(id: string, layer: LayerState, nameWidth: number, width: number): Line {
  const { status, current = 0, total } = layer;
  const bytes =
    total === undefined
      ? megabytes(current)
      : `${(current / 1e6).toFixed(1)} of ${megabytes(total)}`;
  const cells = Math.min(widestBar, width - nameWidth - bytesWidth - statusWidth - 8);
  return cutLine(
    [
      span(`  ${fillText(id, nameWidth)}  `, 'quiet'),
      ...(total === undefined || cells < 6
        ? []
        : [...bar(Math.min(1, current / total), cells), span('  ')]),
      span(`${bytes.padStart(bytesWidth)}  ${fillText(status, statusWidth)}`, 'quiet'),
    ],
    width,
  );
}

/** Fetched or unpacked at this moment; what only waits is counted in the image's line. */
function isInFlight(layer: LayerState): boolean {
  return !isComplete(layer) && layer.current !== undefined;
}

/**
 * One line an image, and below the one that is pulled its layers in flight, in at most `rows` rows.
 * `waiting`: references whose pull has not begun.
 */
export function pullLines(
  images: readonly ImageState[],
  waiting: readonly string[],
  width: number,
  rows: number,
): readonly Line[] {
  const names = [...images.map(({ image }) => image), ...waiting].map(imageName);
  const nameWidth = Math.min(
    Math.max(12, ...names.map((name) => name.length)),
    Math.max(12, Math.floor(width / 3)),
  );
  const forLayers = Math.max(0, rows - images.length - waiting.length);
  const inFlight = images
    .filter(({ pulled }) => !pulled)
    .flatMap(({ layers }) => Object.entries(layers))
    .filter(([, layer]) => isInFlight(layer));
  const layers = inFlight
    .slice(0, forLayers)
    .map(([id, layer]) => layerLine(id, layer, nameWidth, width));
  const last = images.findLastIndex(({ pulled }) => !pulled);
  return [
    ...images.flatMap((image, index) => [
      imageLine(image, nameWidth, width),
      ...(index === last ? layers : []),
    ]),
    ...waiting.map((ref) =>
      cutLine([span(`· ${fillText(imageName(ref), nameWidth)}  waiting`, 'quiet')], width),
    ),
  ].slice(0, rows);
}
