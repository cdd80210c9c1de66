/**
 * How the simulated cloudflared and the simulated edge talk: our own protocol over plain TCP, since
 * the real one (QUIC or HTTP/2 with Cap'n Proto RPC) is no part of what an operator sees.
 *
 * A connection begins with one JSON line from cloudflared. `register` makes it a control
 * connection: the edge answers `Registered` or `Refused`, later sends `Open` lines, and either side
 * ends it. For each `Open`, cloudflared dials once more and sends `stream`; from then on that
 * connection carries HTTP/1.1 requests of the edge to the origin.
 */
export type Hello =
  | {
      readonly type: 'register';
      readonly account: string;
      /** Base64, as in the token. */
      readonly secret: string;
      readonly tunnel: string;
      readonly connector: string;
      readonly connIndex: number;
      readonly protocol: string;
    }
  | { readonly type: 'stream'; readonly id: string };

export type EdgeLine =
  | { readonly type: 'registered'; readonly connection: string; readonly location: string }
  | { readonly type: 'refused'; readonly error: string }
  | { readonly type: 'open'; readonly id: string };

/** The longest line that is read: more is not our protocol. */
const longestLine = 16_384;

/** The hello in a line of foreign text, undefined if it is none. */
export function readHello(line: string): Hello | undefined {
  const value = jsonObject(line);
  if (value === undefined) return undefined;
  const { type, id, account, secret, tunnel, connector, connIndex, protocol } = value;
  if (type === 'stream' && typeof id === 'string') return { type, id };
  if (
    type === 'register' &&
    typeof account === 'string' &&
    typeof secret === 'string' &&
    typeof tunnel === 'string' &&
    typeof connector === 'string' &&
    typeof connIndex === 'number' &&
    typeof protocol === 'string'
  ) {
    return { type, account, secret, tunnel, connector, connIndex, protocol };
  }
  return undefined;
}

/** The edge's line in foreign text, undefined if it is none. */
export function readEdgeLine(line: string): EdgeLine | undefined {
  const value = jsonObject(line);
  if (value === undefined) return undefined;
  const { type, id, connection, location, error } = value;
  if (type === 'open' && typeof id === 'string') return { type, id };
  if (type === 'refused' && typeof error === 'string') return { type, error };
  if (type === 'registered' && typeof connection === 'string' && typeof location === 'string') {
    return { type, connection, location };
  }
  return undefined;
}

function jsonObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Feeds whole lines of a byte stream to `onLine`. `push` returns false when the peer sends too long
 * a line; `rest` is what came after the last newline.
 */
export class LineReader {
  #rest = Buffer.alloc(0);

  push(chunk: Buffer, onLine: (line: string) => boolean): boolean {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let end = this.#rest.indexOf(10); end >= 0; end = this.#rest.indexOf(10)) {
      const line = this.#rest.subarray(0, end).toString('utf8');
      this.#rest = this.#rest.subarray(end + 1);
      if (!onLine(line)) return true;
    }
    return this.#rest.length <= longestLine;
  }

  get rest(): Buffer {
    return this.#rest;
  }
}
