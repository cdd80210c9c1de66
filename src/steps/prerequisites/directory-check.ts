import { dirname } from 'node:path';
import { readLayout, supportedLayout } from '../../domain/compose-file.ts';
import { type Deployment, overrideNames } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { isTemporaryName } from '../../domain/temporary-name.ts';
import type { Files } from '../../ports/files.ts';
import { deploymentOnDisk } from '../deployment-on-disk.ts';
import { describeKind } from '../describe-kind.ts';
import { type Check, judgedFailure } from './check-context.ts';

const title = 'Deployment directory';
const expected = 'a directory of ours, an empty one, or none yet';

/** What may be there before docker-compose.yaml is: begun by us, or laid ready by the operator. */
const ours: readonly string[] = [
  '.mcp-tunnel',
  'data',
  'config',
  'credentials',
  '.env',
  '.gitignore',
  'hello_server.py',
  ...overrideNames,
];

async function judgeExisting(files: Files, deployment: Deployment): Promise<string> {
  const stat = await files.stat(deployment.dir);
  if (!stat) {
    const parent = await files.stat(dirname(deployment.dir));
    if (parent?.kind === 'directory') return 'not there yet';
    throw new Failure('directory-unusable', `${dirname(deployment.dir)} is not a directory.`, {
      found: parent ? describeKind(parent.kind) : 'nothing there',
      nextSteps: [`mkdir -p ${dirname(deployment.dir)}`, 'Or choose another place with --dir.'],
    });
  }
  if (stat.kind !== 'directory') {
    throw new Failure('directory-unusable', `${deployment.dir} is not a directory.`, {
      found: describeKind(stat.kind),
      expected,
      nextSteps: [
        `ls -ld ${deployment.dir}`,
        'Name the real directory, or another one, with --dir.',
      ],
    });
  }
  const { composeFile, layout: laidOut } = await deploymentOnDisk(files, deployment.dir);
  const compose = await files.readText(composeFile);
  const layout = compose === undefined ? undefined : readLayout(compose);
  if (layout !== undefined && layout > supportedLayout) {
    throw new Failure('newer-deployment', 'This deployment was made by a newer mcp-tunnel.', {
      found: `layout ${layout}`,
      expected: `layout ${supportedLayout} or older`,
      nextSteps: ['Use that newer version.'],
    });
  }
  const names = await files.list(deployment.dir);
  if (layout !== undefined) return 'an existing deployment: what is right is kept';
  if (compose !== undefined)
    return `a ${laidOut.composeFile} made by hand: it is edited, what is in it stays`;
  const foreign = names.filter((name) => !(ours.includes(name) || isTemporaryName(name)));
  if (foreign.length === 0) return names.length === 0 ? 'empty' : 'an installation that was begun';
  throw new Failure('directory-foreign', `${deployment.dir} holds something else.`, {
    found: foreign.slice(0, 5).join(', '),
    expected,
    nextSteps: ['Choose another place with --dir, or an empty directory.'],
  });
}

/** Less than this is no room for the few small files of a deployment. */
const neededBytes = 1024 * 1024;

async function judgeWritable(files: Files, deployment: Deployment): Promise<void> {
  const exists = await files.stat(deployment.dir);
  const place = exists ? deployment.dir : dirname(deployment.dir);
  await files.assertWritable(place);
  if ((await files.freeBytes(place)) >= neededBytes) return;
  throw new Failure('disk-full', `No space left at ${place}.`, {
    expected: '1 MiB for the deployment’s files',
    nextSteps: [`df -h ${place}`],
  });
}

/**
 * What is at the deployment's directory, in words. Changes nothing.
 * @throws Failure `directory-unusable`, `directory-foreign`, `newer-deployment`, `file-unwritable`,
 * `disk-full`.
 */
export async function assertDirectoryUsable(files: Files, deployment: Deployment): Promise<string> {
  const found = await judgeExisting(files, deployment);
  await judgeWritable(files, deployment);
  return found;
}

/** The directory is ours to write in, and no newer or foreign thing is there. */
export const directoryUsable: Check = async (context) => {
  try {
    const found = await assertDirectoryUsable(context.ports.files, context.deployment);
    return [
      {
        result: {
          id: 'directory',
          title,
          status: 'pass',
          found: `${context.deployment.dir}: ${found}`,
          expected,
        },
      },
    ];
  } catch (error) {
    return [judgedFailure('directory', title, expected, asFailure(error))];
  }
};
