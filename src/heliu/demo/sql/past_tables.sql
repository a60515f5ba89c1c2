-- Where the past is gathered before it is written: orders with all that is known of them, and lines.
create temporary table if not exists past_order (
    id uuid, number text, deal uuid, deal_number text, buyer uuid, seller uuid, buyer_name text,
    pay_by text, source text, total bigint, lines int, placed_at timestamptz,
    completed_at timestamptz, due_on date, paid_on date) on commit drop;
create temporary table if not exists past_line (
    order_id uuid, position int, sku uuid, quantity bigint, price bigint) on commit drop;
truncate past_order, past_line;
