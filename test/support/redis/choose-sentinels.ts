/** For files of tests that run in whichever layout. */
process.env['TEST_REDIS_LAYOUT'] = 'sentinels';
export {};
