-- The hash of a block: of the block before, its number, its lines and their leaves.
create or replace function posting_block(before bytea, block bigint, lines bigint[], leaves bytea[])
returns bytea language sql stable as $$
    select sha256(before || int8send(block) || array_send(lines) || array_send(leaves))
$$;
