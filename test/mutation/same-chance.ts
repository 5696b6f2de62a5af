/** Properties try the same cases against every mutant, so that what is noticed today is noticed tomorrow. */
import * as fc from 'fast-check';

fc.configureGlobal({ seed: 20_26 });
