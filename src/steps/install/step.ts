import type { Step, StepContext } from '../../runner/step.ts';
import type { InstallAnswers } from './answers.ts';
import type { InstallPorts } from './ports.ts';
import type { InstallWorld } from './world.ts';

export type InstallStep = Step<InstallAnswers, InstallWorld, InstallPorts>;
export type InstallContext = StepContext<InstallAnswers, InstallWorld, InstallPorts>;
