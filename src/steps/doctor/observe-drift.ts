import { readWantedServices } from '../../domain/compose-services.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { DriftedFile, ObservedOverride } from '../../domain/doctor/doctor-observation.ts';
import { asFailure } from '../../domain/failure.ts';
import { type Parsed, parsed, problem } from '../../domain/result.ts';
import type { EngineInfo } from '../../ports/engine.ts';
import type { InstallAnswers } from '../install/answers.ts';
import { type FileWorld, wantedFiles } from '../install/files.ts';
import { type ObservedFile, planFile } from '../planned-file.ts';
import type { DoctorPorts } from './ports.ts';

/** Larger files of ours hold something else. */
const largest = 4 * 1024 * 1024;

export interface DriftRequest {
  readonly deployment: Deployment;
  readonly answers: Parsed<InstallAnswers>;
  readonly project: string | undefined;
  readonly engine: EngineInfo | undefined;
  readonly redact: (text: string) => string;
}

async function observeFile({ files }: DoctorPorts, path: string): Promise<ObservedFile> {
  const stat = await files.stat(path);
  return { stat, text: stat?.kind === 'file' ? await files.readText(path, largest) : undefined };
}

async function fileWorld(
  ports: DoctorPorts,
  { deployment, project, engine }: DriftRequest,
): Promise<FileWorld | undefined> {
  if (project === undefined || !engine) return undefined;
  const { composeFile, envFile, gitignore, proxyConfig } = deployment;
  const paths = [
    ...[composeFile, envFile, gitignore, proxyConfig],
    ...[deployment.serverExtensions, deployment.sampleServer, deployment.upstreamCa],
  ];
  const observed = await Promise.all(
    paths.map(async (path) => [path, await observeFile(ports, path)] as const),
  );
  const files = new Map(observed);
  return {
    deployment,
    found: deployment,
    files,
    engine,
    project: { name: project, takenBy: undefined },
    upstreamCa: files.get(deployment.upstreamCa)?.text,
    deployedToken: undefined,
  };
}

/**
 * Files of ours that an installation with the remembered answers would write otherwise. `.env` may
 * hold the token and the answers are no file to edit: neither is compared.
 */
export async function observeDrift(
  ports: DoctorPorts,
  request: DriftRequest,
): Promise<Parsed<readonly DriftedFile[]>> {
  const { deployment, answers, redact } = request;
  if (!answers.ok) return answers;
  try {
    const world = await fileWorld(ports, request);
    if (!world) return problem('Docker cannot be asked');
    const unseen = [deployment.envFile, deployment.answers];
    const wanted = wantedFiles(answers.value, world).filter(({ path }) => !unseen.includes(path));
    return parsed(
      wanted.flatMap((each): readonly DriftedFile[] => {
        const observed = world.files.get(each.path) ?? { stat: undefined, text: undefined };
        if (observed.text === each.text) return [];
        const change = planFile(deployment.dir, each, observed);
        const [path = each.path] = change.what.split(', ');
        const missing = observed.stat === undefined;
        const diff = missing ? [] : (change.diff ?? '').split('\n').map(redact).filter(Boolean);
        return [{ path, missing, why: change.why, diff }];
      }),
    );
  } catch (error) {
    return problem(asFailure(error).summary);
  }
}

/** The operator's own override files, and which services of the main file they change. */
export async function observeOverrides(
  { files }: Pick<DoctorPorts, 'files'>,
  { composeFile, overrides }: Deployment,
): Promise<readonly ObservedOverride[]> {
  const read = (path: string) => files.readText(path, largest).catch(() => undefined);
  const main = readWantedServices([await read(composeFile)]);
  const names = main.ok ? main.value.map(({ name }) => name) : [];
  const found = await Promise.all(
    overrides.map(async (path): Promise<readonly ObservedOverride[]> => {
      if (!(await files.stat(path).catch(() => undefined))) return [];
      const name = path.slice(path.lastIndexOf('/') + 1);
      const text = await read(path);
      if (text === undefined) return [{ name, services: problem('it cannot be read') }];
      const services = readWantedServices([text]);
      return [
        {
          name,
          services: services.ok
            ? parsed(
                services.value.map((each) => ({
                  name: each.name,
                  changes: names.includes(each.name),
                })),
              )
            : services,
        },
      ];
    }),
  );
  return found.flat();
}
