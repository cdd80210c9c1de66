import type { VerifyView } from '../../../screens/verify-view.ts';
import { defaultModel } from '../../domain/messages-call.ts';
import { stateBefore } from '../../runner/reduce.ts';

/** Before anything is known. */
export const verifyBefore: VerifyView = {
  status: 'looking',
  calls: [],
  model: defaultModel,
  api: '',
  key: undefined,
  keyProblem: undefined,
  keyFrom: undefined,
  notices: [],
  flow: stateBefore,
};
