import { type CertificateFacts, daysLeft, type PublicKeyFacts } from './certificate.ts';
import { Failure } from './failure.ts';

/** Verdict of one rule of facts 4.5 about one certificate. */
export interface RuleFinding {
  /** Stable, such as `ca-key-usage`. */
  readonly rule: string;
  readonly status: 'pass' | 'fail';
  readonly found: string;
  readonly expected: string;
}

/** What a server certificate's facts alone do not tell. */
export interface ServerContext {
  /** Whether the signature verifies under the CA's key (`Certificates.isSignedBy`); not asked: the names decide. */
  readonly signedByCa?: boolean;
  /** Route labels that must be covered; without them, every possible route: the wildcard. */
  readonly routes?: readonly string[];
}

/** The Console and the API take at most 8 kB of PEM (facts 2, 4.5, 4.7); read as 8192 bytes. */
export const maxCaPemBytes = 8192;

const strongHashes = ['sha256', 'sha384', 'sha512'];
const strongCurves = ['prime256v1', 'secp384r1', 'secp521r1'];

function finding(rule: string, pass: boolean, found: string, expected: string): RuleFinding {
  return { rule, status: pass ? 'pass' : 'fail', found, expected };
}

function describeKey(key: PublicKeyFacts): string {
  if (key.kind === 'rsa') return `RSA-${key.bits}`;
  return key.kind === 'ec' ? `EC ${key.curve}` : key.name;
}

function isStrong(key: PublicKeyFacts): boolean {
  if (key.kind === 'rsa') return key.bits >= 2048;
  return key.kind === 'ec' && strongCurves.includes(key.curve);
}

/** Never throws, whatever a certificate claims about its dates. */
function day(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'an unreadable date' : date.toISOString().slice(0, 10);
}

function describeValidity({ notBefore, notAfter }: CertificateFacts, now: Date): string {
  if (notAfter <= now) return `expired on ${day(notAfter)}`;
  if (notBefore > now) return `not valid before ${notBefore.toISOString()}`;
  return `valid until ${day(notAfter)}, ${daysLeft(notAfter, now)} days left`;
}

/** Rules that hold for both certificates: key, signature hash, validity. */
function judgeBoth(
  prefix: 'ca' | 'server',
  facts: CertificateFacts,
  now: Date,
): readonly RuleFinding[] {
  return [
    finding(
      `${prefix}-key`,
      isStrong(facts.key),
      describeKey(facts.key),
      'RSA of at least 2048 bits, or EC P-256, P-384 or P-521',
    ),
    finding(
      `${prefix}-signature`,
      strongHashes.includes(facts.signatureHash),
      `signed with ${facts.signatureHash}`,
      'signed with SHA-256 or stronger',
    ),
    finding(
      `${prefix}-validity`,
      facts.notBefore <= now && now < facts.notAfter,
      describeValidity(facts, now),
      `valid on ${day(now)}`,
    ),
  ];
}

/** Judges a CA certificate by every rule of facts 4.5 that can be judged from the certificate alone. */
export function judgeCa(facts: CertificateFacts, now: Date): readonly RuleFinding[] {
  const { basicConstraintsCritical, isCa, keyUsage, pemBytes, subjectKeyId } = facts;
  return [
    finding(
      'ca-size',
      pemBytes <= maxCaPemBytes,
      `${pemBytes} bytes`,
      `at most ${maxCaPemBytes} bytes of PEM`,
    ),
    finding(
      'ca-basic-constraints',
      isCa && basicConstraintsCritical,
      `${isCa ? 'CA:TRUE' : 'no CA:TRUE'}, ${basicConstraintsCritical ? 'critical' : 'not critical'}`,
      'BasicConstraints critical, CA:TRUE',
    ),
    finding(
      'ca-subject-key-id',
      Boolean(subjectKeyId),
      subjectKeyId || 'none',
      'a SubjectKeyIdentifier',
    ),
    finding(
      'ca-key-usage',
      keyUsage?.includes('keyCertSign') ?? false,
      keyUsage?.join(', ') || 'none',
      'KeyUsage with keyCertSign',
    ),
    ...judgeBoth('ca', facts, now),
  ];
}

/**
 * True if a DNS name of a certificate stands for `host`: letters compare without case, and `*` for
 * exactly the whole leftmost label (RFC 6125 6.4.3).
 */
export function namesCover(dnsNames: readonly string[], host: string): boolean {
  const wanted = host.toLowerCase();
  const wildcard = `*.${wanted.slice(wanted.indexOf('.') + 1)}`;
  return dnsNames.some((name) => {
    const offered = name.toLowerCase();
    return offered === wanted || (wanted.includes('.') && offered === wildcard);
  });
}

function judgeNames(
  facts: CertificateFacts,
  domain: string,
  routes: readonly string[] | undefined,
): RuleFinding {
  const hosts = routes?.map((route) => `${route}.${domain}`) ?? [`*.${domain}`];
  const missing = hosts.filter((host) => !namesCover(facts.dnsNames, host));
  return finding(
    'server-san',
    missing.length === 0,
    facts.dnsNames.join(', ') || 'no DNS name in SubjectAltName',
    `SubjectAltName for ${(missing.length === 0 ? hosts : missing).join(', ')}`,
  );
}

/** Judges a server certificate by every rule of facts 4.5, against the CA that is registered for the tunnel. */
export function judgeServer(
  server: CertificateFacts,
  ca: CertificateFacts,
  domain: string,
  now: Date,
  { signedByCa, routes }: ServerContext = {},
): readonly RuleFinding[] {
  const named = server.issuer === ca.subject;
  const direct = named && signedByCa !== false;
  return [
    finding(
      'server-signed-by-ca',
      direct,
      named && !direct ? 'the CA’s name, but not its signature' : `issued by “${server.issuer}”`,
      `signed directly by “${ca.subject}”, no intermediate`,
    ),
    finding(
      'server-authority-key-id',
      Boolean(ca.subjectKeyId) && server.authorityKeyId === ca.subjectKeyId,
      server.authorityKeyId || 'none',
      ca.subjectKeyId
        ? `AuthorityKeyIdentifier ${ca.subjectKeyId}, the CA’s SubjectKeyIdentifier`
        : 'the CA’s SubjectKeyIdentifier, which the CA certificate lacks',
    ),
    judgeNames(server, domain, routes),
    finding(
      'server-extended-key-usage',
      server.extendedKeyUsage?.includes('serverAuth') ?? true,
      server.extendedKeyUsage?.join(', ') ?? 'none',
      'serverAuth, or no ExtendedKeyUsage',
    ),
    ...judgeBoth('server', server, now),
  ];
}

function refuseBroken(
  what: string,
  findings: readonly RuleFinding[],
  nextSteps: readonly string[],
): void {
  const broken = findings.filter(({ status }) => status === 'fail');
  if (broken.length === 0) return;
  const list = (pick: (one: RuleFinding) => string) =>
    broken.map((one) => `${one.rule}: ${pick(one)}`).join('; ');
  throw new Failure(
    'certificate-refused',
    `The tunnel would refuse the ${what} (${broken.map(({ rule }) => rule).join(', ')}).`,
    { found: list(({ found }) => found), expected: list(({ expected }) => expected), nextSteps },
  );
}

/**
 * Nothing to do if every rule of `judgeCa` passes.
 * @throws Failure `certificate-refused` listing each broken rule with what was found and expected.
 */
export function assertCaAcceptable(facts: CertificateFacts, now: Date): void {
  refuseBroken('CA certificate', judgeCa(facts, now), [
    'Look at it: openssl x509 -noout -text -in ca.crt',
    'Use another CA, or move this one and its key away: the next run makes a new one, to be registered in the Console.',
  ]);
}

/**
 * Nothing to do if every rule of `judgeServer` passes.
 * @throws Failure `certificate-refused` listing each broken rule with what was found and expected.
 */
export function assertServerAcceptable(
  server: CertificateFacts,
  ca: CertificateFacts,
  domain: string,
  now: Date,
  context: ServerContext = {},
): void {
  refuseBroken('server certificate', judgeServer(server, ca, domain, now, context), [
    'Look at it: openssl x509 -noout -text -in tls.crt',
    'Move tls.crt away and run `mcp-tunnel install` again: it makes a new one.',
  ]);
}
