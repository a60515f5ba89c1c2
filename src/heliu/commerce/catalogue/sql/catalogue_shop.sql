-- What a seller shows to everybody: its goods on sale that are for no circle, below the category it
-- named (null: all), where it switched its public pages on and may sell. These functions run as the
-- owner for people nobody knows: they tell no buyer's price, no stock, and nothing else of a house
-- than its name, its city and its code.

-- The seller behind a code, where it has public pages.
create or replace function shop_open(one_code text)
returns table (seller uuid, code text, name text, name_zh text, city text, city_zh text,
               shows_prices boolean, category uuid)
language sql stable security definer
set search_path = public, pg_temp
as $$
    select o.id, o.code::text, o.name::text, o.name_zh::text, o.city::text, o.city_zh::text,
           s.shows_prices, s.category_id
      from parties_organization o
      join catalogue_shop s on s.seller = o.id and s.is_public
     where o.code = one_code and o.status = 'ACTIVE'
$$;

-- The categories of a shop, those below the one it shows, with their places in the tree.
create or replace function shop_categories(one_seller uuid)
returns table (id uuid, parent uuid, code text, name text, name_zh text, place int)
language sql stable security definer
set search_path = public, pg_temp
as $$
    with recursive shown as (
        select c.id from catalogue_category c
          join catalogue_shop s on s.seller = c.seller and s.is_public
         where c.seller = one_seller
           and case when s.category_id is null then c.parent_id is null else c.id = s.category_id end
        union
        select c.id from catalogue_category c join shown on c.parent_id = shown.id
    )
    select c.id, c.parent_id, c.code::text, c.name::text, c.name_zh::text, c.position::int
      from shown join catalogue_category c on c.id = shown.id
$$;

-- Whether an article is shown to everybody.
create or replace function shop_shows(one_sku uuid) returns boolean
language sql stable security definer
set search_path = public, pg_temp
as $$
    select exists (
        select from goods_sku k
          join catalogue_shop s on s.seller = k.seller and s.is_public
          join parties_organization o on o.id = k.seller and o.status = 'ACTIVE'
          left join catalogue_placement p on p.sku_id = k.id
         where k.id = one_sku and k.is_active and not k.is_restricted
           and (s.category_id is null
                or p.category_id in (select c.id from shop_categories(k.seller) c)))
$$;

-- The price of one piece in the seller's own list for everybody (minor units), where it shows prices.
create or replace function shop_price(one_seller uuid, one_sku uuid, moment timestamptz)
returns bigint language sql stable security definer
set search_path = public, pg_temp
as $$
    select best.amount
      from catalogue_shop s
      join pricing_pricelist l on l.seller = s.seller and l.is_default
     cross join lateral (
        select coalesce((select v.id from pricing_pricelist v
                          where v.version_of_id = l.id and v.live_from <= moment
                          order by v.live_from desc limit 1), l.id) as live
     ) t
     cross join lateral pricing_best(
        array[t.live], one_sku, 1, (moment at time zone 'Asia/Shanghai')::date) best
     where s.seller = one_seller and s.is_public and s.shows_prices
$$;

-- A page of a shop's goods by code: those of a category and below it (null: all of the shop).
create or replace function shop_goods(
    one_seller uuid, one_category uuid, after_code text, how_many int, moment timestamptz)
returns table (sku uuid, code text, name text, name_zh text, thumb text, price bigint)
language sql stable security definer
set search_path = public, pg_temp
as $$
    with recursive wanted as (
        select c.id from shop_categories(one_seller) c where c.id = one_category
        union
        select c.id from catalogue_category c join wanted on c.parent_id = wanted.id
    )
    select k.id, k.code::text, k.name::text, k.name_zh::text, pic.thumb,
           shop_price(one_seller, k.id, moment)
      from goods_sku k
      left join catalogue_placement p on p.sku_id = k.id
      left join lateral (
        select a.thumb_digest::text as thumb from catalogue_paper a
         where a.role = 'PICTURE' and (a.sku_id = k.id or a.product_id = p.product_id)
         order by a.sku_id nulls last, a.position, a.id limit 1
     ) pic on true
     where k.seller = one_seller and k.code > after_code
       and (one_category is null or p.category_id in (select id from wanted))
       and shop_shows(k.id)
     order by k.code
     limit how_many
$$;

-- An article of a shop with all that is told of it to everybody, as one document; null: not shown.
create or replace function shop_article(one_seller uuid, one_code text, moment timestamptz)
returns jsonb language sql stable security definer
set search_path = public, pg_temp
as $$
    select jsonb_build_object(
        'sku', k.id, 'code', k.code, 'name', k.name, 'name_zh', k.name_zh, 'barcode', k.barcode,
        'family', f.name, 'family_zh', f.name_zh, 'about', coalesce(d.about, ''),
        'about_zh', coalesce(d.about_zh, ''), 'category', c.code,
        'price', shop_price(one_seller, k.id, moment),
        'values', coalesce((
            select jsonb_agg(jsonb_build_array(
                       a.name, a.name_zh, a.unit, a.unit_zh, v.text, v.text_zh,
                       trim_scale(v.number)::text, h.name, h.name_zh, v.flag)
                       order by a.position, a.code)
              from catalogue_value v
              join catalogue_attribute a on a.id = v.attribute_id
              left join catalogue_choice h on h.id = v.choice_id
             where v.sku_id = k.id), '[]'),
        'pictures', coalesce((
            select jsonb_agg(distinct w.thumb_digest)
              from catalogue_paper w
             where w.role = 'PICTURE' and (w.sku_id = k.id or w.product_id = p.product_id)), '[]'))
      from goods_sku k
      join goods_family f on f.code = k.family_id
      left join catalogue_placement p on p.sku_id = k.id
      left join catalogue_product d on d.id = p.product_id
      left join catalogue_category c on c.id = p.category_id
     where k.seller = one_seller and k.code = one_code and shop_shows(k.id)
$$;

-- Whether the small picture with these bytes belongs to goods that are shown to everybody.
create or replace function shop_pictures(one_digest text) returns boolean
language sql stable security definer
set search_path = public, pg_temp
as $$
    select exists (
        select from catalogue_paper a
          left join catalogue_placement p on p.product_id = a.product_id
         where a.thumb_digest = one_digest and a.role = 'PICTURE'
           and shop_shows(coalesce(a.sku_id, p.sku_id)))
$$;

-- All addresses of all shops, for those who list them: each shop, its categories and its goods.
create or replace function shop_addresses(after_seller text, after_code text, how_many int)
returns table (seller text, kind text, code text)
language sql stable security definer
set search_path = public, pg_temp
as $$
    select o.code::text, x.kind, x.code
      from catalogue_shop s
      join parties_organization o on o.id = s.seller and o.status = 'ACTIVE'
     cross join lateral (
        select 'home' as kind, '' as code
        union all
        select 'category', c.code from shop_categories(s.seller) c
        union all
        select 'goods', k.code::text from goods_sku k
         where k.seller = s.seller and shop_shows(k.id)
     ) x
     where s.is_public and (o.code, x.kind || '/' || x.code) > (after_seller, after_code)
     order by o.code, x.kind || '/' || x.code
     limit how_many
$$;
