import { type RotationSeen, type RotationStage, rotationStage } from '../../domain/ca-rotation.ts';
import type { CertificateFacts } from '../../domain/certificate.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { type NextCaPlace, nextCaAt } from '../../domain/next-ca.ts';
import { Secret } from '../../domain/secret.ts';
import type { InstallPorts } from '../install/ports.ts';

/** A certificate of a rotation. */
interface Certificate {
  readonly pem: string;
  readonly facts: CertificateFacts;
}

/** What there is of a CA rotation. */
export interface NextCa {
  readonly place: NextCaPlace;
  readonly stage: RotationStage;
  readonly ca: Certificate | undefined;
  /** Where its key lies, or is to lie; off `data/` if `keyElsewhere`. */
  readonly keyPath: string;
  readonly keyElsewhere: boolean;
  readonly keyThere: boolean;
  readonly registered: boolean;
  /** The server pair that it has signed; only if key and certificate fit. */
  readonly server: (Certificate & { readonly key: Secret }) | undefined;
  /** The CA that it replaces, once that is in the archive. */
  readonly oldCa: Certificate | undefined;
}

type Ports = Pick<InstallPorts, 'files' | 'certificates'> &
  Partial<Pick<InstallPorts, 'ownedFiles'>>;

function readCertificate(
  { certificates }: Ports,
  pem: string | undefined,
): Certificate | undefined {
  return pem === undefined ? undefined : { pem, facts: certificates.read(pem) };
}

/** What cannot be read as a certificate is none of the new CA's. */
async function foreignCertificate(ports: Ports, path: string): Promise<Certificate | undefined> {
  const pem = await ports.files.readText(path).catch(() => undefined);
  try {
    return readCertificate(ports, pem);
  } catch (error) {
    if (asFailure(error).code === 'file-malformed') return undefined;
    throw error;
  }
}

/** A file of the containers' user; undefined where it cannot be read, too. */
async function ownedText({ ownedFiles }: Ports, path: string): Promise<Secret | undefined> {
  const bytes = await ownedFiles?.read(path).catch(() => undefined);
  return bytes && new Secret(Buffer.from(bytes).toString('utf8'));
}

async function readServer(ports: Ports, place: NextCaPlace): Promise<NextCa['server']> {
  const found = readCertificate(ports, await ports.files.readText(place.serverCertificate));
  const key = found && (await ownedText(ports, place.serverKey));
  return found && key && ports.certificates.matches(found.pem, key) ? { ...found, key } : undefined;
}

async function sameText({ files }: Ports, one: string, other: string): Promise<boolean> {
  const text = await files.readText(one);
  return text !== undefined && text === (await files.readText(other).catch(() => undefined));
}

async function inPlace(
  ports: Ports,
  deployment: Deployment,
  place: NextCaPlace,
  ca: Certificate | undefined,
): Promise<RotationSeen['inPlace']> {
  if (!ca) return 'nothing';
  const current = await foreignCertificate(ports, deployment.caCertificate);
  if (current?.facts.fingerprint === ca.facts.fingerprint) return 'all';
  const server = await foreignCertificate(ports, deployment.serverCertificate);
  if (server && ports.certificates.isSignedBy(server.pem, ca.pem)) return 'some';
  if (await sameText(ports, place.caKey, deployment.caKey)) return 'some';
  const key = await ownedText(ports, place.serverKey);
  const served = key && (await ownedText(ports, deployment.serverKey));
  return served && key.equals(served) ? 'some' : 'nothing';
}

/** Looks for a CA rotation; changes nothing. Without `ownedFiles` keys are not compared. */
export async function observeNextCa(ports: Ports, deployment: Deployment): Promise<NextCa> {
  const { files } = ports;
  const place = nextCaAt(deployment);
  const begun = (await files.stat(place.dir)) !== undefined;
  const textAt = (path: string) => (begun ? files.readText(path) : undefined);
  const elsewhere = (await textAt(place.keyPlace))?.trim();
  const keyPath = elsewhere ?? place.caKey;
  const ca = readCertificate(ports, await textAt(place.caCertificate));
  const said = (await textAt(place.registered))?.trim();
  const registered = ca !== undefined && said === ca.facts.fingerprint;
  const stage = rotationStage({
    begun,
    certified: ca !== undefined,
    registered,
    inPlace: await inPlace(ports, deployment, place, ca),
  });
  return {
    ...{ place, stage, ca, keyPath, registered },
    keyElsewhere: elsewhere !== undefined,
    keyThere: begun && (await files.stat(keyPath)) !== undefined,
    server: begun ? await readServer(ports, place) : undefined,
    oldCa: readCertificate(ports, await textAt(place.oldCaCertificate)),
  };
}

/**
 * Nothing to do unless a CA rotation was stopped between its files: whoever signs or starts with what
 * lies in `data/` then would undo it, or make a third CA.
 * @throws Failure `ca-rotation-unfinished`.
 */
export async function assertNotHalfSwapped(ports: Ports, deployment: Deployment): Promise<void> {
  const { stage } = await observeNextCa(ports, deployment);
  if (stage !== 'swap') return;
  throw new Failure('ca-rotation-unfinished', 'A CA rotation is unfinished.', {
    found: 'data/ holds files of the old CA and of the new one',
    expected: 'one CA, and a server certificate that it has signed',
    nextSteps: ['Finish it first, it goes on where it stopped: mcp-tunnel rotate-ca'],
  });
}
