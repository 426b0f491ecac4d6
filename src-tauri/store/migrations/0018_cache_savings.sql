-- What reading from prompt caches saved: in billionths of a US dollar where the price is known, else the tokens
-- that were read. Of what came before only the tokens are known.
ALTER TABLE requests ADD COLUMN saved INTEGER;
ALTER TABLE usage_hours ADD COLUMN saved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_hours ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_days ADD COLUMN saved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_days ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;
UPDATE usage_hours SET unpriced = cache_read;
UPDATE usage_days SET unpriced = cache_read;

DROP INDEX requests_sums;
CREATE INDEX requests_sums ON requests
    (at, outcome, fell_over, input, output, cache_read, cache_write, reasoning, cost, saved);
