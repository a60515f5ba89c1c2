-- The words of the catalogue that are nearest to each that was typed: one sign too many, too few,
-- wrong or swapped; of longer ones also those that share most of their three-letter pieces. Five
-- each at most, the closest first. Tells nothing about whose goods have them.
create function catalogue_near(typed text[]) returns table (asked text, near text[])
language sql stable security definer
set search_path = public, pg_temp
set enable_seqscan = off
set pg_trgm.word_similarity_threshold = 0.5
as $$
    select t.word, (array_agg(hit.word order by hit.is_slip desc, hit.likeness desc, hit.word))[1:5]
      from unnest(typed) as t (word)
     cross join lateral (
        select w.word, true as is_slip, similarity(w.word, t.word) as likeness
          from catalogue_word w where w.slips && catalogue_slips(t.word)
        union
        select w.word, false, word_similarity(t.word, w.word)
          from catalogue_word w where length(t.word) > 6 and t.word <% w.word
     ) as hit
     where hit.word <> t.word
     group by t.word
$$;
