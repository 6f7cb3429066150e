import { config } from 'zod';

// Zod would try out eval, which the page's content policy refuses and reports. Imported before any schema is made.
config({ jitless: true });
