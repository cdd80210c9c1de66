import type { CertificateFacts } from '../../domain/certificate.ts';
import { judgeServer } from '../../domain/certificate-rules.ts';
import { Failure } from '../../domain/failure.ts';

/** A certificate file as found. */
export interface FoundCertificate {
  readonly pem: string;
  readonly facts: CertificateFacts;
}

export interface CertificateSituation {
  readonly domain: string;
  readonly now: Date;
  /** data/ca.crt. */
  readonly ca: FoundCertificate | undefined;
  /** The file given by --ca-cert. */
  readonly offeredCa: FoundCertificate | undefined;
  readonly caKeyPath: string;
  readonly caKeyPresent: boolean;
  /** True if the CA's key lies where the operator said, not in data/. */
  readonly caKeyElsewhere: boolean;
  readonly server: (FoundCertificate & { readonly signedByCa: boolean }) | undefined;
  readonly serverKeyPresent: boolean;
  /** Undefined if the key could not be read to compare. */
  readonly serverKeyMatches: boolean | undefined;
}

export type CaDecision = 'keep' | 'create' | 'certify-existing-key' | 'take-offered';

export interface CertificateDecision {
  readonly ca: CaDecision;
  readonly caWhy: string | undefined;
  readonly issueServer: boolean;
  readonly serverWhy: string | undefined;
  /** False if no proxy can start with the server certificate and key as found. */
  readonly pairUsable: boolean;
}

function decideCa(found: CertificateSituation): { ca: CaDecision; caWhy: string | undefined } {
  const { ca, offeredCa } = found;
  if (ca && offeredCa && ca.facts.fingerprint !== offeredCa.facts.fingerprint) {
    throw new Failure(
      'ca-key-mismatch',
      'The CA certificate given by --ca-cert is not the one this deployment has.',
      {
        found: `data/ca.crt ${ca.facts.fingerprint}`,
        expected: offeredCa.facts.fingerprint,
        nextSteps: [
          'Leave out --ca-cert to keep the CA that is registered.',
          'An existing CA is never replaced by install.',
        ],
      },
    );
  }
  if (ca) return { ca: 'keep', caWhy: undefined };
  if (offeredCa) {
    if (found.caKeyPresent) return { ca: 'take-offered', caWhy: 'given by --ca-cert' };
    throw new Failure('ca-key-missing', 'The key of the CA given by --ca-cert is not there.', {
      found: `nothing at ${found.caKeyPath}`,
      expected: 'its private key, to sign the server certificate',
      nextSteps: ['Name it with --ca-key FILE.'],
    });
  }
  if (!found.caKeyPresent) return { ca: 'create', caWhy: undefined };
  if (!found.caKeyElsewhere)
    return {
      ca: 'certify-existing-key',
      caWhy: 'there is a key without its certificate',
    };
  throw new Failure('ca-certificate-missing', 'There is a CA key, but not its certificate.', {
    found: `${found.caKeyPath}, and no data/ca.crt`,
    expected: 'the CA certificate that is registered in the Console',
    nextSteps: ['Name it with --ca-cert FILE.', 'For a new CA: name a path where no key lies yet.'],
  });
}

/** Why the server certificate on disk cannot stay; undefined if it can. */
export function whyServer(found: CertificateSituation, ca: CaDecision): string | undefined {
  const { server } = found;
  if (!server)
    return found.serverKeyPresent
      ? 'there is a key, but no certificate for it'
      : 'there is none yet';
  const caFacts = found.ca?.facts ?? found.offeredCa?.facts;
  if (ca === 'create' || ca === 'certify-existing-key' || !caFacts) return 'its CA is new';
  if (!found.serverKeyPresent) return 'its key is missing';
  if (found.serverKeyMatches === false) return 'its key is another one';
  if (!server.signedByCa) return 'another CA has signed it';
  const broken = judgeServer(server.facts, caFacts, found.domain, found.now).find(
    (finding) => finding.status === 'fail',
  );
  return broken && `${broken.found}; expected ${broken.expected}`;
}

/**
 * Which certificates are made, and why (facts 4.5). An existing CA is reused and never silently
 * replaced: without its certificate registered again, the tunnel would be dead.
 * @throws Failure if going on would need a key or certificate that is not there.
 */
export function decideCertificates(found: CertificateSituation): CertificateDecision {
  const { ca, caWhy } = decideCa(found);
  const serverWhy = whyServer(found, ca);
  if (serverWhy !== undefined && ca === 'keep' && !found.caKeyPresent) {
    throw new Failure(
      'ca-key-missing',
      'A new server certificate is needed, but the CA’s key is not there.',
      {
        found: `nothing at ${found.caKeyPath}; the server certificate: ${serverWhy}`,
        expected: 'the private key of data/ca.crt',
        nextSteps: [
          'Name it with --ca-key FILE.',
          'If it is lost: mcp-tunnel rotate-ca puts a new CA in its place (the old one’s key is not needed for that).',
        ],
      },
    );
  }
  const pairUsable =
    found.server !== undefined && found.serverKeyPresent && found.serverKeyMatches !== false;
  return { ca, caWhy, issueServer: serverWhy !== undefined, serverWhy, pairUsable };
}
