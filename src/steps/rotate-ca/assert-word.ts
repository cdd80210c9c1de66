import { whyNotCancelled } from '../../domain/ca-rotation.ts';
import { Failure } from '../../domain/failure.ts';
import { formatFingerprint } from '../../domain/fingerprint.ts';
import type { FoundCertificate } from '../install/certificate-decision.ts';
import type { NextCa } from './next-ca-on-disk.ts';
import type { CaRotationOptions } from './options.ts';

/** What a person's word is held against. */
export interface Known {
  readonly next: NextCa;
  /** `data/ca.crt`. */
  readonly ca: FoundCertificate | undefined;
}

function mismatch(
  summary: string,
  given: string,
  expected: string,
  ...nextSteps: readonly string[]
): Failure {
  const found = `given: ${formatFingerprint(given)}`;
  return new Failure('ca-fingerprint-mismatch', summary, { found, expected, nextSteps });
}

const first = 'Leave it out of the first run: that makes the new CA and says how to register it.';

function assertRegistered(given: string, { next, ca }: Known): void {
  const isOld = given === (next.oldCa ?? ca)?.facts.fingerprint;
  const oldWords = 'That is the old CA: it is registered, and does not help the new one.';
  if (!next.ca) {
    const summary = 'There is no new CA yet that could be registered.';
    throw mismatch(summary, given, 'no --ca-registered', ...(isOld ? [oldWords] : []), first);
  }
  const { fingerprint } = next.ca.facts;
  if (given === fingerprint) return;
  throw mismatch(
    isOld
      ? 'The CA that is said to be registered is the old one, not the new one.'
      : 'The CA that is said to be registered is not the new one.',
    given,
    `the new CA: ${formatFingerprint(fingerprint)}`,
    `openssl x509 -in ${next.place.caCertificate} -noout -fingerprint -sha256`,
    'Register that certificate in the Console, then give its fingerprint.',
  );
}

/** @param archived fingerprints of CAs in the archive. */
function assertRevoked(given: string, { next, ca }: Known, archived: readonly string[]): void {
  const current = ca?.facts.fingerprint;
  if (next.stage === 'none') {
    if (given !== current && archived.includes(given)) return;
    const summary = 'No CA rotation is under way: there is no old CA to revoke.';
    const use = given === current ? ['That CA is the one in use: it must stay registered.'] : [];
    throw mismatch(summary, given, 'no --old-revoked', ...use);
  }
  if (given === next.ca?.facts.fingerprint) {
    throw mismatch(
      'The CA that is said to be revoked is the new one.',
      given,
      `the old CA${next.oldCa ? `: ${formatFingerprint(next.oldCa.facts.fingerprint)}` : ''}`,
      'If the new one was really revoked, no certificate that it has signed is accepted: add it again in the Console first.',
    );
  }
  if (next.stage !== 'revoke') {
    throw new Failure('ca-rotation-order', 'The old CA is still in use.', {
      found: 'its server certificate is what the proxy serves',
      expected: 'the new CA’s server certificate in place, before the old CA is revoked',
      nextSteps: ['Without --old-revoked, the same command says what comes next.'],
    });
  }
  const old = next.oldCa?.facts.fingerprint;
  if (old === undefined || given === old) return;
  throw mismatch(
    'The CA that is said to be revoked is not the old one.',
    given,
    `the old CA: ${formatFingerprint(old)}`,
    'Compare the fingerprints in the Console: Certificates.',
  );
}

/**
 * Holds what a person says against what is on disk.
 * @throws Failure `ca-fingerprint-mismatch`, `ca-rotation-order`.
 */
export function assertWord(
  { caRegistered, oldRevoked, cancel }: CaRotationOptions,
  known: Known,
  archived: readonly string[],
): void {
  if (caRegistered !== undefined) assertRegistered(caRegistered, known);
  if (oldRevoked !== undefined) assertRevoked(oldRevoked, known, archived);
  const refused = cancel ? whyNotCancelled(known.next.stage) : undefined;
  if (refused === undefined) return;
  throw new Failure('ca-rotation-order', 'This CA rotation can no longer be cancelled.', {
    found: refused,
    nextSteps: [
      'Go on with it: mcp-tunnel rotate-ca',
      'The old CA is in .mcp-tunnel/backups; to use it again, rotate once more.',
    ],
  });
}
