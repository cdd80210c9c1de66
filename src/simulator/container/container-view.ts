import type { Server } from 'node:http';

/** Where to dial for an address that a program knows: the same in a container, a loopback port in a rehearsal. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
}

/** What a program can see of the container it runs in. Paths and addresses are the container's. */
export interface ContainerView {
  /** False in a real container. */
  readonly rehearsed: boolean;
  /** @throws with an errno as `code`. */
  readFile(path: string): Promise<Buffer>;
  /**
   * IPv4 addresses of a host name or literal.
   * @throws with `code` ENOTFOUND or another of DNS.
   */
  resolve(host: string): Promise<readonly string[]>;
  /** @throws with `code` ECONNREFUSED or EHOSTUNREACH where that is known without dialling. */
  dialTarget(address: string, port: number): DialTarget;
  /**
   * Listens on the container's port. Resolves when bound.
   * @throws with `code` EADDRINUSE.
   */
  listen(server: Server, port: number, host: string): Promise<void>;
}
