import { Duplex } from 'node:stream';

const headerLength = 5;
const applicationData = 23;

/**
 * Sits under a TLS 1.3 client and holds back its second flight until the server's certificate was
 * judged. Node judges a certificate only after that flight is gone, and then hangs up without
 * an alert; a real client refuses with one, which the proxy logs (facts 4.2). Records before the
 * first encrypted one pass. RFC 8446 5.1: the server accepts a plaintext alert at this point.
 */
export class HandshakeGate extends Duplex {
  readonly #wire: Duplex;
  #state: 'hello' | 'holding' | 'open' | 'refused' = 'hello';
  #unparsed = Buffer.alloc(0);
  #held: Buffer[] = [];

  constructor(wire: Duplex) {
    super();
    this.#wire = wire;
    wire.on('data', (chunk) => {
      if (!this.push(chunk)) wire.pause();
    });
    wire.on('end', () => this.push(null));
    wire.on('error', (error) => this.destroy(error));
    wire.on('close', () => this.destroy());
  }

  /** The certificate is fine: lets everything through from now on. */
  open(): void {
    const held = Buffer.concat(this.#held);
    this.#held = [];
    this.#state = 'open';
    if (held.length > 0) this.#wire.write(held);
  }

  /** Drops what was held and sends a fatal alert (RFC 8446 6.2) instead. */
  refuse(alert: number): void {
    this.#held = [];
    this.#state = 'refused';
    this.#wire.end(Buffer.from([21, 3, 3, 0, 2, 2, alert]));
  }

  override _read(): void {
    this.#wire.resume();
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    if (this.#state === 'open') {
      this.#wire.write(chunk, done);
      return;
    }
    if (this.#state === 'hello') this.#sort(chunk);
    else if (this.#state === 'holding') this.#held.push(chunk);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#state === 'open') this.#wire.end(done);
    else done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#state !== 'refused') this.#wire.destroy();
    done(error);
  }

  /** Passes whole plaintext records, holds from the first encrypted one on. */
  #sort(chunk: Buffer): void {
    this.#unparsed = Buffer.concat([this.#unparsed, chunk]);
    while (this.#unparsed.length >= headerLength) {
      if (this.#unparsed[0] === applicationData) {
        this.#held.push(this.#unparsed);
        this.#state = 'holding';
        return;
      }
      const length = headerLength + this.#unparsed.readUInt16BE(3);
      if (this.#unparsed.length < length) return;
      this.#wire.write(this.#unparsed.subarray(0, length));
      this.#unparsed = this.#unparsed.subarray(length);
    }
  }
}
