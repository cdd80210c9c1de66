import { relative } from 'node:path';
import type { RotationTask } from '../../domain/ca-rotation.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { Secret } from '../../domain/secret.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { NextCa } from './next-ca-on-disk.ts';
import type { CaRotationOptions } from './options.ts';
import type { RotationWorld } from './world.ts';

const question = 'Where is the new CA’s key to be kept?';

function refused(code: 'answers-missing' | 'answers-invalid', problem: string): Failure {
  return new Failure(code, '1 answer is missing or invalid.', {
    missing: [{ question, problem, flag: '--ca-key FILE' }],
    nextSteps: ['mcp-tunnel rotate-ca --help'],
  });
}

/**
 * Where the new CA's key lies or is to lie: where it was begun, where the flag says, else in `data/`
 * in the end. A key that is kept off this host's `data/` is not put there by its rotation.
 * @throws Failure `answers-missing`, `answers-invalid`.
 */
export async function newKeyPlace(
  { files }: Pick<InstallPorts, 'files'>,
  { caKeyFile }: CaRotationOptions,
  oldKeyFile: string | undefined,
  deployment: Deployment,
  next: NextCa,
  tasks: readonly RotationTask[],
): Promise<RotationWorld['newKey']> {
  const begun = next.keyElsewhere || next.keyThere || next.ca !== undefined;
  if (begun) {
    if (caKeyFile !== undefined && caKeyFile !== next.keyPath)
      throw refused('answers-invalid', `It was begun at ${next.keyPath} already.`);
    return { path: next.keyPath, elsewhere: next.keyElsewhere };
  }
  if (!tasks.includes('make')) return { path: next.keyPath, elsewhere: false };
  if (caKeyFile === undefined) {
    if (oldKeyFile === undefined) return { path: next.keyPath, elsewhere: false };
    throw refused(
      'answers-missing',
      `The old one is kept at ${oldKeyFile}: the new one needs a place of its own.`,
    );
  }
  if (!relative(deployment.dir, caKeyFile).startsWith('..'))
    throw refused('answers-invalid', `${caKeyFile} is inside the deployment.`);
  if (await files.stat(caKeyFile))
    throw refused('answers-invalid', `Something lies at ${caKeyFile} already: it is not touched.`);
  return { path: caKeyFile, elsewhere: true };
}

/**
 * A text as a private key, opened with the passphrase that was given.
 * @throws Failure `ca-key-passphrase`, `file-malformed`, naming the file and the flag that helps.
 */
export function openKeyText(
  { certificates }: Pick<InstallPorts, 'certificates'>,
  { certificates: { caPassphrase } }: InstallAnswers,
  path: string,
  text: string,
): Secret {
  try {
    return certificates.decryptKey(new Secret(text), caPassphrase);
  } catch (error) {
    const { code, found, nextSteps } = asFailure(error);
    if (code !== 'ca-key-passphrase' && code !== 'file-malformed') throw error;
    throw new Failure(code, `The new CA’s key cannot be opened: ${path}`, {
      ...(found === undefined ? {} : { found }),
      nextSteps:
        code === 'ca-key-passphrase'
          ? [
              'Give its passphrase: --ca-passphrase-file FILE, or MCP_TUNNEL_CA_PASSPHRASE',
              `Try it by hand: openssl pkey -noout -in ${path}`,
            ]
          : nextSteps,
      cause: error,
    });
  }
}

/**
 * The new CA's key, opened.
 * @throws Failure `ca-key-missing`, `ca-key-mismatch`, `ca-key-passphrase`, `file-malformed`.
 */
export async function openNewKey(
  ports: Pick<InstallPorts, 'files' | 'certificates'>,
  answers: InstallAnswers,
  { ca, keyPath }: Pick<NextCa, 'ca' | 'keyPath'>,
): Promise<Secret> {
  const text = await ports.files.readText(keyPath);
  if (text === undefined) {
    throw new Failure('ca-key-missing', 'The new CA’s key is not there: nothing can be signed.', {
      found: `nothing at ${keyPath}`,
      expected: `the private key of the new CA ${ca?.facts.fingerprint ?? ''}`,
      nextSteps: [
        'Put it back there, or mount where it lies.',
        'If it is lost, begin anew: mcp-tunnel rotate-ca --cancel, then mcp-tunnel rotate-ca',
      ],
    });
  }
  const key = openKeyText(ports, answers, keyPath, text);
  if (!ca || ports.certificates.matches(ca.pem, key)) return key;
  throw new Failure('ca-key-mismatch', 'The new CA’s key is not the key of its certificate.', {
    found: keyPath,
    expected: `the private key of the new CA ${ca.facts.fingerprint}`,
    nextSteps: ['Begin anew: mcp-tunnel rotate-ca --cancel, then mcp-tunnel rotate-ca'],
  });
}
