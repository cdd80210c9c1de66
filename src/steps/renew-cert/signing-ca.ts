import { assertCaAcceptable } from '../../domain/certificate-rules.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import type { Secret } from '../../domain/secret.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { FoundCertificate } from '../install/certificate-decision.ts';
import { openCaKey } from '../install/observe-certificates.ts';
import type { InstallPorts } from '../install/ports.ts';
import { clockWrong } from './clock-check.ts';

/** How a CA that can sign no more is replaced; of the old one nothing is needed for that. */
const anotherCa =
  'Put a new CA in its place: mcp-tunnel rotate-ca (makes it, says what to click, and changes nothing before it is proven)';

/**
 * The registered CA.
 * @throws Failure `ca-certificate-missing`.
 */
export async function registeredCa(
  { files, certificates }: InstallPorts,
  { caCertificate }: Deployment,
): Promise<FoundCertificate> {
  const pem = await files.readText(caCertificate);
  if (pem !== undefined) return { pem, facts: certificates.read(pem) };
  throw new Failure('ca-certificate-missing', 'The CA’s certificate is not there.', {
    found: `nothing at ${caCertificate}`,
    expected: 'the CA certificate that is registered in the Console',
    nextSteps: [
      `Copy it back to ${caCertificate}, from a backup or another host of this tunnel.`,
      'mcp-tunnel install takes one from elsewhere: --ca-cert FILE',
      `If nobody has it any more: ${anotherCa}`,
    ],
  });
}

/**
 * Nothing to do if certificates of this CA are accepted now.
 * @throws Failure `ca-expired`, `clock-wrong`, `certificate-refused`.
 */
export function assertCaCurrent(
  { facts }: FoundCertificate,
  now: Date,
  clockConfirmed: boolean,
): void {
  if (facts.notAfter <= now) {
    throw new Failure('ca-expired', 'The CA has expired: what it signs is refused.', {
      found: `valid until ${facts.notAfter.toISOString()}`,
      expected: `valid on ${now.toISOString()}`,
      nextSteps: [anotherCa],
    });
  }
  if (facts.notBefore > now && !clockConfirmed) {
    throw clockWrong(
      `it says ${now.toISOString()}`,
      `a time after ${facts.notBefore.toISOString()}, when the CA was made`,
    );
  }
  assertCaAcceptable(facts, now);
}

/**
 * The key of the registered CA, opened.
 * @throws Failure `ca-key-missing`, `ca-key-passphrase`, `ca-key-mismatch`, `file-malformed`,
 * `file-unreadable`; each names the file and the flag that helps.
 */
export async function signingKey(
  ports: InstallPorts,
  { certificates: { caKeyFile, caPassphrase } }: InstallAnswers,
  deployment: Deployment,
  ca: FoundCertificate,
): Promise<Secret> {
  const path = caKeyFile ?? deployment.caKey;
  try {
    const key = await openCaKey(ports, path, ca, caPassphrase);
    if (key) return key;
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== 'ca-key-passphrase' && failure.code !== 'file-malformed') throw error;
    throw new Failure(failure.code, `The CA’s key cannot be opened: ${path}`, {
      ...(failure.found === undefined ? {} : { found: failure.found }),
      ...(failure.expected === undefined ? {} : { expected: failure.expected }),
      nextSteps:
        failure.code === 'ca-key-passphrase'
          ? [
              'Give its passphrase: --ca-passphrase-file FILE, or MCP_TUNNEL_CA_PASSPHRASE',
              `Try it by hand: openssl pkey -noout -in ${path}`,
            ]
          : ['Name the file with the CA’s private key: --ca-key FILE', ...failure.nextSteps],
      cause: error,
    });
  }
  throw new Failure('ca-key-missing', 'The CA’s key is not there: nothing can be signed.', {
    found: `nothing at ${path}`,
    expected: `the private key of the CA with fingerprint ${ca.facts.fingerprint}`,
    nextSteps: ['Name it: --ca-key FILE', `If it is lost: ${anotherCa}`],
  });
}
