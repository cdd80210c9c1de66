import { join } from 'node:path';
import type { Deployment } from './deployment.ts';

/** Where a CA lies that is to take the old one's place, with all that a rotation has to remember. */
export interface NextCaPlace {
  readonly dir: string;
  readonly caKey: string;
  readonly caCertificate: string;
  /** Holds the path of the new CA's key where that is kept off `data/`. */
  readonly keyPlace: string;
  /** Holds the fingerprint that was said to be registered. */
  readonly registered: string;
  /** The server pair that it has signed, until it is in `data/`. */
  readonly serverKey: string;
  readonly serverCertificate: string;
  /** The old CA and its pair on their way to the archive. */
  readonly leaving: string;
  /** The CA that it replaces: written once that is in the archive. */
  readonly oldCaCertificate: string;
}

/** The folder of a CA rotation inside a deployment; there while one is under way, and only then. */
export function nextCaAt({ stateDir }: Pick<Deployment, 'stateDir'>): NextCaPlace {
  const dir = join(stateDir, 'next-ca');
  return {
    dir,
    caKey: join(dir, 'ca.key'),
    caCertificate: join(dir, 'ca.crt'),
    keyPlace: join(dir, 'key-place'),
    registered: join(dir, 'registered'),
    serverKey: join(dir, 'tls.key'),
    serverCertificate: join(dir, 'tls.crt'),
    leaving: join(dir, 'leaving'),
    oldCaCertificate: join(dir, 'old-ca.crt'),
  };
}
