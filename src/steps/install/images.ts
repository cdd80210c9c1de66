import { shortRef } from '../../domain/images.ts';
import type { InstallStep } from './step.ts';

/** Images that are not on this host yet, pulled before anything of ours needs them. */
export const images: InstallStep = {
  id: 'images',
  title: 'Images',
  plan: (_answers, world) =>
    [...world.images].map(([ref, info]) => ({
      action: info ? 'keep' : 'run',
      what: info ? `image ${shortRef(ref)}` : `pull image ${shortRef(ref)}`,
      ...(info ? {} : { command: ['docker', 'pull', ref] }),
      undoable: false,
    })),
  async run({ ports, world, emit, signal }) {
    for (const [ref, info] of world.images) {
      if (info) continue;
      for await (const { layer, status, current, total } of ports.engine.pull(ref, signal)) {
        emit({
          type: 'pull.progress',
          image: ref,
          layer,
          status,
          ...(current === undefined ? {} : { current }),
          ...(total === undefined ? {} : { total }),
        });
      }
      const pulled = await ports.engine.image(ref);
      emit({
        type: 'pull.finished',
        image: ref,
        id: pulled?.id ?? '',
        digests: pulled?.repoDigests ?? [],
      });
    }
  },
};
