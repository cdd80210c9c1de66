import type { Deployment } from '../../../domain/deployment.ts';
import type { Examination } from '../../../domain/doctor/examine.ts';
import { bundleReadme } from '../../../domain/support/bundle-readme.ts';
import {
  type ContactedContainer,
  firstContact,
  type Versions,
} from '../../../domain/support/first-contact.ts';
import { withoutValue } from '../../../domain/support/variables.ts';
import type { ArchiveEntry } from '../../../ports/archiver.ts';
import type { Observed } from '../observe.ts';
import type { DoctorPorts, DoctorSettings } from '../ports.ts';
import { deploymentFiles, journalEntry } from './deployment-files.ts';

/** Everything lies in one folder, so that unpacking it makes no mess. */
const folder = 'mcp-tunnel-report';

export interface BundleRequest {
  readonly deployment: Deployment;
  readonly settings: DoctorSettings;
  readonly observed: Observed;
  readonly examination: Examination;
}

function versionsOf({ engine, compose }: Observed, toolVersion: string): Versions {
  return {
    mcpTunnel: toolVersion,
    engine: engine?.version,
    engineApi: engine?.apiVersion,
    operatingSystem: engine?.operatingSystem,
    architecture: engine?.architecture,
    compose: compose && `${compose.command.join(' ')} ${compose.version}`,
  };
}

/** The tag may stand for another image by now. */
async function digestsOf(
  engine: DoctorPorts['engine'],
  ref: string,
  id: string,
): Promise<readonly string[]> {
  const find = (wanted: string) => engine.image(wanted).catch(() => undefined);
  const tagged = await find(ref);
  const own = tagged?.id === id ? tagged : await find(id);
  return own?.repoDigests ?? [];
}

async function contacted(
  { engine }: Pick<DoctorPorts, 'engine'>,
  { containers, details }: Observed,
  known: readonly string[],
): Promise<readonly ContactedContainer[]> {
  return Promise.all(
    containers
      .filter(({ service }) => known.includes(service))
      .map(async ({ id, service, image, imageId, state, health, exitCode, restartCount }) => ({
        ...{ service, image, imageId, state, health, exitCode },
        restarts: restartCount,
        user: details.find((each) => each.id === id)?.user,
        digests: await digestsOf(engine, image, imageId),
      })),
  );
}

/**
 * Containers of the stack: how they are, and how they were made. Variables have no values, and a
 * command is one line, in which a flag and its value stand side by side.
 */
function containersJson({ containers, details }: Observed, known: readonly string[]) {
  return containers
    .filter(({ service }) => known.includes(service))
    .map(({ labels: _labels, ...info }) => {
      const made = details.find(({ id }) => id === info.id);
      if (!made) return info;
      const { environment, command, entrypoint } = made;
      return {
        ...{ ...info, ...made },
        command: command.join(' '),
        entrypoint: entrypoint.join(' '),
        environment: environment.map(withoutValue),
      };
    });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/**
 * The files of a report that is safe to send: everything was taken out by what it is, and then by
 * what it looks like, in one place, so that no entry can go past it.
 */
export async function bundleEntries(
  ports: DoctorPorts,
  { deployment, settings, observed, examination }: BundleRequest,
): Promise<readonly ArchiveEntry[]> {
  const { seen, redactor } = observed;
  const { rehearsal, toolVersion } = settings;
  const known = [seen.places.proxyService, 'cloudflared', 'hello-mcp', 'setup'];
  const versions = versionsOf(observed, toolVersion);
  const contact = firstContact(seen, await contacted(ports, observed, known), {
    ...{ versions, rehearsal },
  });
  // Log lines in checks and in the first contact were taken for foreign when they were read.
  const data: readonly (readonly [string, unknown])[] = [
    ['checks.json', redactor.data(examination)],
    ['status.json', redactor.data(seen.status)],
    ['versions.json', versions],
    ['containers.json', redactor.foreignData(containersJson(observed, known))],
    ['first-contact.json', redactor.data(contact)],
    ['files.json', redactor.data(seen.files)],
  ];
  const entries: readonly ArchiveEntry[] = [
    ...data.map(([name, value]) => ({ name, text: json(value) })),
    ...(await deploymentFiles(ports, deployment, redactor)),
    ...[...seen.logs].map(([service, { tail }]) => ({
      name: `logs/${service}.log`,
      text: redactor.foreign(tail.map((line) => `${line}\n`).join('')),
    })),
    ...(await journalEntry(ports, deployment, redactor)),
  ];
  const readme = bundleReadme({
    ...{ toolVersion, rehearsal, dir: deployment.dir, at: seen.status.at },
    names: entries.map(({ name }) => name),
  });
  return [{ name: 'README.txt', text: readme }, ...entries].map(({ name, text }) => ({
    name: `${folder}/${name}`,
    text: redactor.byValue(text),
  }));
}
