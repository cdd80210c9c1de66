import type { Deployment } from '../../../domain/deployment.ts';
import { asFailure } from '../../../domain/failure.ts';
import { certificatesOnly } from '../../../domain/support/certificates-only.ts';
import { envForReport } from '../../../domain/support/env-for-report.ts';
import {
  answersKnown,
  composeKnown,
  proxyConfigKnown,
  yamlForReport,
} from '../../../domain/support/keep-known.ts';
import type { SupportRedactor } from '../../../domain/support/support-redactor.ts';
import type { ArchiveEntry } from '../../../ports/archiver.ts';
import type { DoctorPorts } from '../ports.ts';

/** Larger files of ours hold something else. */
const largest = 4 * 1024 * 1024;
const journalEntries = 500;

/** Files that are shown, and what may be shown of each. Keys, tokens and folders of others are not among them. */
function readers(deployment: Deployment, redactor: SupportRedactor) {
  const yaml = (known: Parameters<typeof yamlForReport>[2]) => (text: string, name: string) =>
    redactor.foreign(yamlForReport(name, text, known));
  const certificates = (text: string) => redactor.byValue(certificatesOnly(text));
  return [
    [deployment.composeFile, yaml(composeKnown)],
    ...deployment.overrides.map((path) => [path, yaml(composeKnown)] as const),
    [deployment.proxyConfig, yaml(proxyConfigKnown)],
    [deployment.answers, yaml(answersKnown)],
    [deployment.envFile, (text: string) => redactor.foreign(envForReport(text))],
    [deployment.caCertificate, certificates],
    [deployment.serverCertificate, certificates],
    [deployment.upstreamCa, certificates],
  ] as const;
}

/** The deployment's own files with everything taken out that may be secret; those that are there. */
export async function deploymentFiles(
  { files }: Pick<DoctorPorts, 'files'>,
  deployment: Deployment,
  redactor: SupportRedactor,
): Promise<readonly ArchiveEntry[]> {
  const found = await Promise.all(
    readers(deployment, redactor).map(async ([path, read]): Promise<readonly ArchiveEntry[]> => {
      const base = path.slice(path.lastIndexOf('/') + 1);
      const name = `files/${base === '.env' ? 'env' : base}`;
      const stat = await files.stat(path).catch(() => undefined);
      if (stat?.kind !== 'file') return [];
      try {
        const text = await files.readText(path, largest);
        return text === undefined ? [] : [{ name, text: read(text, base) }];
      } catch (error) {
        return [{ name, text: `# left out: ${asFailure(error).summary}\n` }];
      }
    }),
  );
  return found.flat();
}

/** The last entries of the journal; a line that is no entry is left out. */
export async function journalEntry(
  { files }: Pick<DoctorPorts, 'files'>,
  { journal }: Deployment,
  redactor: SupportRedactor,
): Promise<readonly ArchiveEntry[]> {
  const text = await files.readText(journal).catch(() => undefined);
  if (text === undefined) return [];
  const lines = text
    .split('\n')
    .slice(-journalEntries)
    .flatMap((line) => {
      try {
        return [JSON.stringify(redactor.foreignData(JSON.parse(line)))];
      } catch {
        return [];
      }
    });
  return [{ name: 'journal.jsonl', text: lines.map((line) => `${line}\n`).join('') }];
}
