import { type Change, formatMode } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import type { Secret } from '../../domain/secret.ts';
import type { InstallAnswers } from './answers.ts';
import { isOwnedByContainers, secretMode, secretOwner } from './server-certificate.ts';
import type { InstallStep } from './step.ts';
import type { InstallWorld } from './world.ts';

/** The token to write: the answered one, or the one the deployment has. */
export function wantedToken(
  answers: InstallAnswers,
  world: Pick<InstallWorld, 'deployedToken'>,
): Secret | undefined {
  return answers.token?.secret ?? world.deployedToken;
}

function planToken(answers: InstallAnswers, world: InstallWorld): Change {
  const fingerprint = wantedToken(answers, world)?.fingerprint;
  const line = {
    what: `credentials/tunnel-token, tunnel token${fingerprint ? ` (fingerprint ${fingerprint})` : ''}`,
    path: world.deployment.tunnelToken,
    mode: formatMode(secretMode),
    owner: String(secretOwner.uid),
    undoable: false,
  };
  if (!world.token)
    return { action: 'create', ...line, why: 'only cloudflared’s user can read it' };
  const given = answers.token?.secret;
  if (given && !world.deployedToken?.equals(given)) {
    const why = world.deployedToken
      ? 'another token was given; cloudflared is restarted'
      : 'what is there cannot be read yet; the one given is written';
    return { action: 'change', ...line, why };
  }
  if (!isOwnedByContainers(world.token))
    return { action: 'change', ...line, why: 'its owner or mode is not right' };
  return { action: 'keep', ...line };
}

/** Without an image nothing can be read that is the containers' own; removing the file would lose the token. */
function notMovable(answers: InstallAnswers): Failure {
  return new Failure('answers-missing', 'The token cannot move from its file to .env yet.', {
    found: 'no image on this host through which credentials/tunnel-token can be read',
    nextSteps: [
      'Give the token again: --token-file FILE',
      `Or get the image first: docker pull ${answers.images.proxy}`,
    ],
  });
}

/** The token as a file that only cloudflared's user reads (design 5); nothing if it lives in `.env`. */
export const token: InstallStep = {
  id: 'token',
  title: 'Tunnel token',
  plan(answers, world) {
    if (answers.tokenIn === 'file') return [planToken(answers, world)];
    if (!world.token) return [];
    if (!wantedToken(answers, world)) throw notMovable(answers);
    return [
      {
        action: 'remove',
        what: 'credentials/tunnel-token',
        path: world.deployment.tunnelToken,
        why: 'the token lives in .env',
        undoable: false,
      },
    ];
  },
  async run({ answers, world, ports, emit }) {
    const { tunnelToken } = world.deployment;
    if (answers.tokenIn === 'env') return ports.files.remove(tunnelToken);
    const secret = wantedToken(answers, world);
    if (!secret) return;
    await ports.ownedFiles.write(
      tunnelToken,
      Buffer.from(secret.reveal().trim()),
      secretOwner,
      secretMode,
    );
    emit({
      type: 'file.written',
      path: tunnelToken,
      mode: formatMode(secretMode),
      owner: String(secretOwner.uid),
    });
  },
};
