import { asFailure } from '../../domain/failure.ts';
import { type Parsed, parsed, problem } from '../../domain/result.ts';
import type { ObservedCertificate } from '../../domain/status-observation.ts';
import type { StatusPorts } from './ports.ts';

/** A certificate file as found, with its text; a problem if it cannot be read, undefined if it is not there. */
export async function certificateOnDisk(
  { files, certificates }: Pick<StatusPorts, 'files' | 'certificates'>,
  path: string,
): Promise<Parsed<ObservedCertificate & { readonly pem: string }> | undefined> {
  try {
    const stat = await files.stat(path);
    const pem = stat && (await files.readText(path));
    if (stat === undefined || pem === undefined) return undefined;
    return parsed({ pem, facts: certificates.read(pem), changedAt: stat.changedAt });
  } catch (error) {
    return problem(asFailure(error).summary);
  }
}
