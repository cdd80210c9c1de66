import type { StoreApi } from 'zustand/vanilla';
import type { PageId } from '../../../screens/views.ts';
import { type Deployment, deploymentAt } from '../../domain/deployment.ts';
import { defaultImages } from '../../domain/images.ts';
import { parseRoute } from '../../domain/route.ts';
import { installQuestions } from '../../questions/install-questions.ts';
import { deploymentOnDisk } from '../../steps/deployment-on-disk.ts';
import type { InstallAnswers } from '../../steps/install/answers.ts';
import type { InstallPorts } from '../../steps/install/ports.ts';
import type { Draft } from './draft.ts';
import type { WizardState } from './wizard-state.ts';
import type { WizardSettings, WizardWorld } from './wizard-world.ts';

/** What everything the wizard does in the background shares. */
export interface WizardContext {
  readonly store: StoreApi<WizardState>;
  readonly world: WizardWorld;
  readonly settings: WizardSettings;
  /** Ends whatever goes on: Ctrl-C, a signal, the end of the wizard. */
  readonly signal: AbortSignal;
  /** Shows a page; what it needs is begun. */
  readonly go: (page: PageId) => void;
}

/** What ports must know, from a draft that need not be complete. */
export function portNeeds(draft: Draft): Pick<InstallAnswers, 'images' | 'routes'> {
  const images = installQuestions.images.parse(draft.given['images']?.value ?? {});
  return {
    images: { ...defaultImages, ...(images.ok ? images.value : {}) },
    routes: draft.routes.flatMap(({ name, upstream }) => {
      const route = parseRoute(name, upstream);
      return route.ok ? [route.value] : [];
    }),
  };
}

/** The deployment as it is laid out on disk, which may have been made by hand. */
export function deployedAt(
  { files }: Pick<InstallPorts, 'files'>,
  { world }: WizardContext,
): Promise<Deployment> {
  return deploymentOnDisk(files, world.dir);
}

/** The ports of the deployment as its own files describe it. */
export async function deployedPorts({ store, world }: WizardContext): Promise<InstallPorts> {
  return world.ports((await world.deployedNeeds?.()) ?? portNeeds(store.getState().draft));
}

/** argv of this program, for commands to type. */
export function selfOf({ settings: { self } }: WizardContext): readonly string[] {
  return self.slice(0, self.lastIndexOf('install'));
}

export function deploymentOf({ world }: WizardContext) {
  return deploymentAt(world.dir);
}
