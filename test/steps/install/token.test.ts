import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { directories } from '../../../src/steps/install/directories.ts';
import { files } from '../../../src/steps/install/files.ts';
import { token } from '../../../src/steps/install/token.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf, tokenOf, tokenText } from '../../fakes/sample-answers.ts';

const answers = answersOf();
const kept = answersOf({ token: undefined });
const inEnv = answersOf({ tokenIn: 'env' });
const first = tokenOf();
const second = tokenOf(tokenText('another secret of thirty-two byte'));

/** A deployment with its token in its file. */
async function deployed(): Promise<InstallScene> {
  const scene = await InstallScene.make();
  await scene.run(answers, directories, token);
  scene.events.length = 0;
  return scene;
}

function line(scene: InstallScene, fingerprint: string) {
  return {
    what: `credentials/tunnel-token, tunnel token (fingerprint ${fingerprint})`,
    path: scene.deployment.tunnelToken,
    mode: '0400',
    owner: '65532',
    undoable: false,
  };
}

describe('in its file', () => {
  test('a first token is planned by its fingerprint and written for the containers’ user only', async () => {
    await using scene = await InstallScene.make();
    await scene.run(answers, directories);
    expect(await scene.plan(answers, token)).toEqual([
      {
        action: 'create',
        ...line(scene, first.fingerprint),
        why: 'only cloudflared’s user can read it',
      },
    ]);
    await scene.run(answers, token);
    const { tunnelToken } = scene.deployment;
    expect(await systemFiles.readText(tunnelToken)).toBe(tokenText());
    expect(await scene.ownedFiles.owner(tunnelToken)).toEqual({
      uid: 65532,
      gid: 65532,
      mode: 0o400,
    });
    expect(scene.events).toEqual([
      { type: 'file.written', path: tunnelToken, mode: '0400', owner: '65532' },
    ]);
  });

  test.each([
    ['given again', answers],
    ['not given', kept],
  ])('the same token, %s, is kept', async (_name, later) => {
    await using scene = await deployed();
    expect(await scene.plan(later, token)).toEqual([
      { action: 'keep', ...line(scene, first.fingerprint) },
    ]);
  });

  test('another token is a change', async () => {
    await using scene = await deployed();
    const rotated = answersOf({ token: second });
    expect(await scene.plan(rotated, token)).toEqual([
      {
        action: 'change',
        ...line(scene, second.fingerprint),
        why: 'another token was given; cloudflared is restarted',
      },
    ]);
    await scene.run(rotated, token);
    expect(await systemFiles.readText(scene.deployment.tunnelToken)).toBe(second.secret.reveal());
  });

  test('a white space at its end, as an editor leaves it, is the same token', async () => {
    await using scene = await deployed();
    await systemFiles.write(scene.deployment.tunnelToken, `${tokenText()}\n`, 0o400);
    expect((await scene.plan(answers, token))[0]?.action).toBe('keep');
  });

  test.each([
    ['owner', { uid: 0, gid: 0, mode: 0o400 }],
    ['mode', { uid: 65532, gid: 65532, mode: 0o644 }],
  ])('a wrong %s is set right without the token being given', async (_name, owner) => {
    await using scene = await deployed();
    scene.ownedFiles.owners.set(scene.deployment.tunnelToken, owner);
    expect(await scene.plan(kept, token)).toEqual([
      {
        action: 'change',
        ...line(scene, first.fingerprint),
        why: 'its owner or mode is not right',
      },
    ]);
    await scene.run(kept, token);
    expect(await systemFiles.readText(scene.deployment.tunnelToken)).toBe(tokenText());
    expect((await scene.plan(kept, token))[0]?.action).toBe('keep');
  });

  test('what cannot be read yet is kept, unless a token is given', async () => {
    await using scene = await deployed();
    scene.ownedFiles.needsImage = true;
    expect(await scene.plan(kept, token)).toEqual([
      {
        action: 'keep',
        ...line(scene, first.fingerprint),
        what: 'credentials/tunnel-token, tunnel token',
      },
    ]);
    expect(await scene.plan(answersOf({ token: second }), token)).toMatchObject([
      { action: 'change', why: 'what is there cannot be read yet; the one given is written' },
    ]);
  });

  test('a token that lived in .env moves into the file', async () => {
    await using scene = await InstallScene.make();
    await mkdir(scene.deployment.dir);
    await writeFile(scene.deployment.envFile, `TUNNEL_TOKEN=${tokenText()}\n`);
    expect(await scene.plan(kept, token)).toMatchObject([
      { action: 'create', what: line(scene, first.fingerprint).what },
    ]);
    await scene.run(kept, directories, files, token);
    expect(await systemFiles.readText(scene.deployment.tunnelToken)).toBe(tokenText());
    expect(await systemFiles.readText(scene.deployment.envFile)).not.toContain('TUNNEL_TOKEN');
  });
});

describe('in .env', () => {
  test('there is no file and nothing to do', async () => {
    await using scene = await InstallScene.make();
    expect(await scene.plan(inEnv, token)).toEqual([]);
  });

  test('a file of before is removed, after .env has its token', async () => {
    await using scene = await deployed();
    const moving = answersOf({ token: undefined, tokenIn: 'env' });
    expect(await scene.plan(moving, token)).toEqual([
      {
        action: 'remove',
        what: 'credentials/tunnel-token',
        path: scene.deployment.tunnelToken,
        why: 'the token lives in .env',
        undoable: false,
      },
    ]);
    await scene.run(moving, files, token);
    expect(await systemFiles.stat(scene.deployment.tunnelToken)).toBeUndefined();
    expect(await systemFiles.readText(scene.deployment.envFile)).toContain(
      `TUNNEL_TOKEN=${tokenText()}\n`,
    );
  });

  test('a file that cannot be read yet is not removed: the token would be lost', async () => {
    await using scene = await deployed();
    scene.ownedFiles.needsImage = true;
    const moving = answersOf({ token: undefined, tokenIn: 'env' });
    await expect(scene.plan(moving, token)).rejects.toMatchObject({
      code: 'answers-missing',
      exitCode: 2,
      summary: 'The token cannot move from its file to .env yet.',
      nextSteps: [
        'Give the token again: --token-file FILE',
        `Or get the image first: docker pull ${moving.images.proxy}`,
      ],
    });
    expect((await scene.plan(inEnv, token))[0]?.action).toBe('remove');
  });
});

test('no plan shows the token', async () => {
  await using scene = await deployed();
  for (const each of [answers, kept, inEnv, answersOf({ token: second })])
    for (const step of [token, files]) {
      const plan = JSON.stringify(await scene.plan(each, step));
      expect(plan).not.toContain(tokenText());
      expect(plan).not.toContain(second.secret.reveal());
    }
});
