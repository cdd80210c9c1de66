import { Failure } from '../../domain/failure.ts';
import { Secret } from '../../domain/secret.ts';
import type { FoundCertificate } from '../install/certificate-decision.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { ObservedSecretFile } from '../install/world.ts';
import type { ArchivedPair } from './archived-pairs.ts';

interface PairOnDisk {
  readonly server: FoundCertificate | undefined;
  readonly serverKey: ObservedSecretFile | undefined;
  readonly keyMatches: boolean | undefined;
}

/**
 * The newest pair that is not the one on disk, which is archived itself before it is replaced. Where
 * a run was killed between key and certificate, the pair whose key is there already: it is finished.
 */
function choose(
  { certificates }: InstallPorts,
  { server, serverKey, keyMatches }: PairOnDisk,
  archives: readonly ArchivedPair[],
): ArchivedPair | undefined {
  const isOther = (pair: ArchivedPair) => pair.facts.fingerprint !== server?.facts.fingerprint;
  const key = serverKey?.content;
  if (keyMatches === true) return archives.find(isOther);
  const fits = (pair: ArchivedPair): boolean => {
    try {
      return key !== undefined && certificates.matches(pair.pem, key);
    } catch {
      return false;
    }
  };
  const begun = archives.find((pair) => isOther(pair) && fits(pair));
  return begun ?? archives[0];
}

/**
 * The pair that `--restore` puts back, with its key.
 * @throws Failure `backup-missing` if there is none, `file-malformed` if its key is not its own.
 */
export async function pairToRestore(
  ports: InstallPorts,
  onDisk: PairOnDisk,
  archives: readonly ArchivedPair[],
): Promise<{ readonly from: ArchivedPair; readonly key: Secret }> {
  const from = choose(ports, onDisk, archives);
  if (!from) {
    throw new Failure('backup-missing', 'There is no archived certificate to put back.', {
      found:
        archives.length === 0
          ? 'no pair in .mcp-tunnel/backups'
          : 'only the pair that is in use already',
      nextSteps: ['Make a new one instead: mcp-tunnel renew-cert'],
    });
  }
  const bytes = await ports.ownedFiles.read(from.key);
  const key = new Secret(Buffer.from(bytes ?? []).toString('utf8'));
  if (bytes && ports.certificates.matches(from.pem, key)) return { from, key };
  throw new Failure('file-malformed', `The pair of ${from.name} cannot be put back.`, {
    found: `${from.key} is not the key of ${from.certificate}`,
    nextSteps: [
      'Make a new one instead: mcp-tunnel renew-cert',
      `To put back an older one, move that folder away first: ${from.certificate.replace(/\/tls\.crt$/u, '')}`,
    ],
  });
}
