import { type Change, formatMode } from '../../domain/change.ts';
import type { InstallAnswers } from '../install/answers.ts';
import { storedAnswers } from '../install/stored-answers.ts';
import { newCaOnDisk } from './registration.ts';
import { does, type RotationContext, type RotationStep, type RotationWorld } from './world.ts';

const answersMode = 0o600;

/** What a later installation goes by: the new CA is the one that is registered. */
function answersText(
  answers: InstallAnswers,
  { deployment, newKey }: RotationWorld,
  fingerprint: string,
): string {
  const caKeyFile = newKey.elsewhere ? newKey.path : undefined;
  const certificates = { ...answers.certificates, caRegistered: fingerprint, caKeyFile };
  return storedAnswers({ ...answers, certificates }, deployment);
}

/** Copies of what is in `data/` by then; a key lies nowhere twice. */
function copies({ next: { place } }: RotationWorld): readonly string[] {
  return [place.caKey, place.serverKey, place.serverCertificate];
}

/** What is left to be done once the new CA is in place, whichever run has put it there. */
function isUnsettled(answers: InstallAnswers, world: RotationWorld): boolean {
  const { next, deployment, files } = world;
  if (next.stage !== 'revoke' || !next.ca) return false;
  const wanted = answersText(answers, world, next.ca.facts.fingerprint);
  const hasCopies = (next.keyThere && !next.keyElsewhere) || next.server !== undefined;
  return hasCopies || files.get(deployment.answers)?.text !== wanted;
}

async function run(context: RotationContext): Promise<void> {
  const { answers, ports, world, emit } = context;
  const { ca } = await newCaOnDisk(context);
  const path = world.deployment.answers;
  const text = answersText(answers, world, ca.facts.fingerprint);
  await ports.files.write(path, text, answersMode);
  emit({ type: 'file.written', path, mode: formatMode(answersMode) });
  for (const copy of copies(world)) await ports.files.remove(copy);
}

/** The new CA among the answers, and the copies of its keys gone. */
export const settle: RotationStep = {
  id: 'settle',
  title: 'New CA among the answers',
  plan(answers, world): readonly Change[] {
    if (!does(world, 'swap') && !isUnsettled(answers, world)) return [];
    const stat = world.files.get(world.deployment.answers)?.stat;
    return [
      {
        action: stat ? 'change' : 'create',
        what: '.mcp-tunnel/answers.yaml, which CA is registered',
        path: world.deployment.answers,
        mode: formatMode(answersMode),
        undoable: false,
      },
      {
        action: 'remove',
        what: '.mcp-tunnel/next-ca/: ca.key, tls.key and tls.crt',
        path: world.next.place.dir,
        why: 'they are in data/ by then',
        undoable: false,
      },
    ];
  },
  run,
};
