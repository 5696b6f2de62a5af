/** Properties run the same cases for every mutant, so that what is killed today is killed tomorrow. */
import * as fc from 'fast-check';

fc.configureGlobal({ seed: 20_26, interruptAfterTimeLimit: 4000 });
