import type { Deployment } from '../../domain/deployment.ts';
import { Failure } from '../../domain/failure.ts';
import { Secret } from '../../domain/secret.ts';
import type { InstallAnswers } from './answers.ts';
import {
  type CertificateSituation,
  decideCertificates,
  type FoundCertificate,
} from './certificate-decision.ts';
import type { InstallPorts } from './ports.ts';
import type { ObservedSecretFile } from './world.ts';

/** A PEM file the operator named; it must be there. */
export async function namedFile(
  ports: InstallPorts,
  path: string | undefined,
  flag: string,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = await ports.files.readText(path);
  if (text !== undefined) return text;
  throw new Failure('file-unreadable', `The file given by ${flag} is not there.`, {
    found: `nothing at ${path}`,
    nextSteps: [`ls -l ${path}`, 'Paths count from the directory you typed the command in.'],
  });
}

function found(ports: InstallPorts, pem: string | undefined): FoundCertificate | undefined {
  return pem === undefined ? undefined : { pem, facts: ports.certificates.read(pem) };
}

/** Also of a file that is the containers' user's, as the vendor's setup component leaves it. */
async function keyText(ports: InstallPorts, path: string): Promise<string | undefined> {
  try {
    return await ports.files.readText(path);
  } catch (error) {
    const bytes = await ports.ownedFiles.read(path).catch(() => undefined);
    if (bytes) return Buffer.from(bytes).toString('utf8');
    throw error;
  }
}

/**
 * The CA's key, opened; only called where something must be signed. Undefined if nothing is there.
 * @throws Failure `ca-key-passphrase`, `ca-key-mismatch`, `file-malformed`.
 */
export async function openCaKey(
  ports: InstallPorts,
  path: string,
  ca: FoundCertificate | undefined,
  passphrase: Secret | undefined,
): Promise<Secret | undefined> {
  const text = await keyText(ports, path);
  if (text === undefined) return undefined;
  const key = ports.certificates.decryptKey(new Secret(text), passphrase);
  if (ca && !ports.certificates.matches(ca.pem, key)) {
    throw new Failure('ca-key-mismatch', 'The CA’s key is not the key of its certificate.', {
      found: path,
      expected: `the key of the CA with fingerprint ${ca.facts.fingerprint}`,
      nextSteps: ['Name the right one with --ca-key FILE.'],
    });
  }
  return key;
}

/** What there is of CA and server certificate, and what must be made of it. */
export async function observeCertificates(
  ports: InstallPorts,
  answers: InstallAnswers,
  deployment: Deployment,
  caPem: string | undefined,
  serverPem: string | undefined,
  serverKey: ObservedSecretFile | undefined,
) {
  const ca = found(ports, caPem);
  const offeredCa = found(
    ports,
    await namedFile(ports, answers.certificates.caCertificateFile, '--ca-cert'),
  );
  const server = found(ports, serverPem);
  const caKeyPath = answers.certificates.caKeyFile ?? deployment.caKey;
  const caKeyStat = await ports.files.stat(caKeyPath);
  const signer = ca ?? offeredCa;
  const situation: CertificateSituation = {
    domain: answers.domain,
    now: ports.clock.now(),
    ca,
    offeredCa,
    caKeyPath,
    caKeyPresent: caKeyStat !== undefined,
    caKeyElsewhere: caKeyPath !== deployment.caKey,
    server: server && {
      ...server,
      signedByCa: signer !== undefined && ports.certificates.isSignedBy(server.pem, signer.pem),
    },
    serverKeyPresent: serverKey !== undefined,
    serverKeyMatches:
      server && serverKey?.content
        ? ports.certificates.matches(server.pem, serverKey.content)
        : undefined,
  };
  const certificates = decideCertificates(situation);
  const { caRegistered, caPassphrase } = answers.certificates;
  if (caRegistered !== undefined && caRegistered !== signer?.facts.fingerprint) {
    throw new Failure(
      'ca-fingerprint-mismatch',
      'The CA that is said to be registered is not this deployment’s.',
      {
        found: signer ? `this CA: ${signer.facts.fingerprint}` : 'no CA here yet',
        expected: `certificates.caRegistered: ${caRegistered}`,
        nextSteps: signer
          ? [
              `openssl x509 -in ${deployment.caCertificate} -noout -fingerprint -sha256`,
              'Register that certificate in the Console, then give its fingerprint.',
            ]
          : [
              'Leave certificates.caRegistered out of the first run: it makes the CA and prints its fingerprint.',
            ],
      },
    );
  }
  const signs = certificates.issueServer || certificates.ca === 'certify-existing-key';
  return {
    ca,
    offeredCa,
    caKeyPath,
    caKeyStat,
    certificates,
    caKey: signs ? await openCaKey(ports, caKeyPath, signer, caPassphrase) : undefined,
  };
}
