BEGIN TRANSACTION;
CREATE TABLE "conflict" (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	about_table VARCHAR NOT NULL, 
	about_id VARCHAR NOT NULL, 
	field VARCHAR NOT NULL, 
	base VARCHAR NOT NULL, 
	kept VARCHAR NOT NULL, 
	lost VARCHAR NOT NULL, 
	kept_by VARCHAR NOT NULL, 
	lost_by VARCHAR NOT NULL, 
	lost_at_ms BIGINT NOT NULL, 
	lost_device VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE customer (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	store_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	name_key VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	birthday VARCHAR NOT NULL, 
	styles JSON NOT NULL, 
	colours JSON NOT NULL, 
	materials JSON NOT NULL, 
	notes VARCHAR NOT NULL, 
	member_no VARCHAR NOT NULL, 
	enrolled_at_ms BIGINT, 
	PRIMARY KEY (id)
);
CREATE TABLE followup (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	lead_id VARCHAR NOT NULL, 
	staff_id VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	intent VARCHAR, 
	note VARCHAR NOT NULL, 
	dwell_minutes INTEGER, 
	next_due_at_ms BIGINT, 
	occurred_at_ms BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "followup" VALUES('visit-one','acme','lead-one','amy','call','reached',NULL,'看了三款沙发',NULL,NULL,1780000000000);
CREATE TABLE lead (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	store_id VARCHAR NOT NULL, 
	owner_id VARCHAR NOT NULL, 
	customer_id VARCHAR, 
	name VARCHAR NOT NULL, 
	name_key VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	region VARCHAR NOT NULL, 
	category VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	intent VARCHAR, 
	budget_fen BIGINT, 
	styles JSON NOT NULL, 
	colours JSON NOT NULL, 
	materials JSON NOT NULL, 
	notes VARCHAR NOT NULL, 
	inquired_at_ms BIGINT NOT NULL, 
	next_due_at_ms BIGINT, 
	first_reached_at_ms BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "lead" VALUES('lead-one','acme','north','amy',NULL,'陈玉兰','陈玉兰 chenyulan cyl','','','南山','','new',NULL,8000000,'["现代"]','[]','[]','周末再来',1780000000000,NULL,NULL);
INSERT INTO "lead" VALUES('lead-two','acme','north','amy',NULL,'李建国','李建国 lijianguo ljg','','','','','new',NULL,NULL,'[]','[]','[]','',1780000000000,NULL,NULL);
CREATE TABLE memberaccount (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	customer_id VARCHAR NOT NULL, 
	balance BIGINT NOT NULL, 
	leased BIGINT NOT NULL, 
	debt BIGINT NOT NULL, 
	growth BIGINT NOT NULL, 
	tier VARCHAR NOT NULL, 
	orders INTEGER NOT NULL, 
	spent_fen BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE orderline (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	order_id VARCHAR NOT NULL, 
	product_id VARCHAR, 
	position INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	category VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	quantity INTEGER NOT NULL, 
	list_price_fen BIGINT NOT NULL, 
	discount_fen BIGINT NOT NULL, 
	net_fen BIGINT NOT NULL, 
	offset_points BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE payment (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	order_id VARCHAR NOT NULL, 
	staff_id VARCHAR NOT NULL, 
	amount_fen BIGINT NOT NULL, 
	method VARCHAR NOT NULL, 
	paid_at_ms BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE pointsentry (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	customer_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	points BIGINT NOT NULL, 
	growth BIGINT NOT NULL, 
	lot_id VARCHAR, 
	order_id VARCHAR, 
	payment_id VARCHAR, 
	return_id VARCHAR, 
	scheme_id VARCHAR, 
	rule VARCHAR NOT NULL, 
	posted_at_ms BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE pointslot (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	customer_id VARCHAR NOT NULL, 
	order_id VARCHAR, 
	earned BIGINT NOT NULL, 
	remaining BIGINT NOT NULL, 
	earned_at_ms BIGINT NOT NULL, 
	expires_on VARCHAR, 
	PRIMARY KEY (id)
);
CREATE TABLE product (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	sku VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	name_key VARCHAR NOT NULL, 
	category VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	price_fen BIGINT NOT NULL, 
	cost_fen BIGINT, 
	active BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE salereturn (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	order_id VARCHAR NOT NULL, 
	staff_id VARCHAR, 
	line_ids JSON NOT NULL, 
	refund_fen BIGINT NOT NULL, 
	returned_at_ms BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE sales_order (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	store_id VARCHAR NOT NULL, 
	customer_id VARCHAR NOT NULL, 
	lead_id VARCHAR, 
	staff_id VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	scheme_id VARCHAR, 
	coupon_fen BIGINT NOT NULL, 
	offset_points BIGINT NOT NULL, 
	offset_fen BIGINT NOT NULL, 
	products_net_fen BIGINT NOT NULL, 
	services_fen BIGINT NOT NULL, 
	note VARCHAR NOT NULL, 
	sold_at_ms BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE scheme (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	version INTEGER NOT NULL, 
	valid_from_ms BIGINT NOT NULL, 
	rules JSON NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE staff (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	code VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	store_id VARCHAR, 
	regions JSON NOT NULL, 
	categories JSON NOT NULL, 
	capacity INTEGER NOT NULL, 
	on_leave BOOLEAN NOT NULL, 
	active BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "staff" VALUES('max','acme','max','max','store_manager','north','[]','[]',99,0,1);
INSERT INTO "staff" VALUES('cat','acme','cat','cat','sales','south','[]','[]',99,0,1);
INSERT INTO "staff" VALUES('bob','acme','bob','bob','sales','north','[]','[]',99,0,1);
INSERT INTO "staff" VALUES('amy','acme','amy','amy','sales','north','[]','[]',99,0,1);
CREATE TABLE store (
	id VARCHAR(40) NOT NULL, 
	company_id VARCHAR(40) NOT NULL, 
	name VARCHAR NOT NULL, 
	city VARCHAR NOT NULL, 
	region VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "store" VALUES('south','acme','south','','');
INSERT INTO "store" VALUES('north','acme','north','','');
CREATE TABLE sync_base (
	tbl VARCHAR NOT NULL, 
	row_id VARCHAR NOT NULL, 
	body JSON, 
	PRIMARY KEY (tbl, row_id)
);
INSERT INTO "sync_base" VALUES('lead','lead-one','{"id": "lead-one", "company_id": "acme", "store_id": "north", "owner_id": "amy", "customer_id": null, "name": "\u9648\u7389\u5170", "name_key": "\u9648\u7389\u5170 chenyulan cyl", "phone": "", "source": "", "region": "", "category": "", "stage": "new", "intent": null, "budget_fen": 8000000, "styles": ["\u73b0\u4ee3"], "colours": [], "materials": [], "notes": "", "inquired_at_ms": 1780000000000, "next_due_at_ms": null, "first_reached_at_ms": null}');
INSERT INTO "sync_base" VALUES('followup','visit-one','null');
INSERT INTO "sync_base" VALUES('lead','lead-two','null');
CREATE TABLE sync_outbox (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	unit VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	at_ms BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	details JSON NOT NULL, 
	UNIQUE (unit)
);
INSERT INTO "sync_outbox" VALUES(2,'01a20194c49075808425cc2e246f0c75','edit_lead',1780000002000,'pending','','{}');
INSERT INTO "sync_outbox" VALUES(3,'01a20194c49876deb2f27c3c1e0bd6fd','log_follow_up',1780000003000,'pending','','{}');
INSERT INTO "sync_outbox" VALUES(4,'01a20194c4a0712282cf1a4e71ce7fe9','new_lead',1780000004000,'pending','','{}');
INSERT INTO "sync_outbox" VALUES(5,'01a20194c4a771b698d6cecd74527f11','bad',1780000005000,'pending','','{}');
CREATE TABLE sync_outbox_change (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	tbl VARCHAR NOT NULL, 
	row_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	fields JSON NOT NULL, 
	seen JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sync_outbox_change" VALUES(1,2,'lead','lead-one','put','{"notes": "\u5468\u672b\u518d\u6765"}','{"notes": ""}');
INSERT INTO "sync_outbox_change" VALUES(2,3,'followup','visit-one','put','{"id": "visit-one", "company_id": "acme", "lead_id": "lead-one", "staff_id": "amy", "channel": "call", "outcome": "reached", "intent": null, "note": "\u770b\u4e86\u4e09\u6b3e\u6c99\u53d1", "dwell_minutes": null, "next_due_at_ms": null, "occurred_at_ms": 1780000000000}','{}');
INSERT INTO "sync_outbox_change" VALUES(3,4,'lead','lead-two','put','{"id": "lead-two", "company_id": "acme", "store_id": "north", "owner_id": "amy", "customer_id": null, "name": "\u674e\u5efa\u56fd", "name_key": "\u674e\u5efa\u56fd lijianguo ljg", "phone": "", "source": "", "region": "", "category": "", "stage": "new", "intent": null, "budget_fen": null, "styles": [], "colours": [], "materials": [], "notes": "", "inquired_at_ms": 1780000000000, "next_due_at_ms": null, "first_reached_at_ms": null}','{}');
INSERT INTO "sync_outbox_change" VALUES(4,5,'lead','lead-one','put','{"region": "\u5357\u5c71"}','{"region": ""}');
CREATE TABLE sync_state (
	"key" VARCHAR NOT NULL, 
	value JSON, 
	PRIMARY KEY ("key")
);
INSERT INTO "sync_state" VALUES('schema','"{\"conflict\": [\"about_id\", \"about_table\", \"base\", \"company_id\", \"field\", \"id\", \"kept\", \"kept_by\", \"lost\", \"lost_at_ms\", \"lost_by\", \"lost_device\", \"state\"], \"customer\": [\"address\", \"birthday\", \"colours\", \"company_id\", \"enrolled_at_ms\", \"id\", \"materials\", \"member_no\", \"name\", \"name_key\", \"notes\", \"phone\", \"store_id\", \"styles\"], \"followup\": [\"channel\", \"company_id\", \"dwell_minutes\", \"id\", \"intent\", \"lead_id\", \"next_due_at_ms\", \"note\", \"occurred_at_ms\", \"outcome\", \"staff_id\"], \"lead\": [\"budget_fen\", \"category\", \"colours\", \"company_id\", \"customer_id\", \"first_reached_at_ms\", \"id\", \"inquired_at_ms\", \"intent\", \"materials\", \"name\", \"name_key\", \"next_due_at_ms\", \"notes\", \"owner_id\", \"phone\", \"region\", \"source\", \"stage\", \"store_id\", \"styles\"], \"memberaccount\": [\"balance\", \"company_id\", \"customer_id\", \"debt\", \"growth\", \"id\", \"leased\", \"orders\", \"spent_fen\", \"tier\"], \"orderline\": [\"category\", \"company_id\", \"discount_fen\", \"id\", \"kind\", \"list_price_fen\", \"name\", \"net_fen\", \"offset_points\", \"order_id\", \"position\", \"product_id\", \"quantity\"], \"payment\": [\"amount_fen\", \"company_id\", \"id\", \"method\", \"order_id\", \"paid_at_ms\", \"staff_id\"], \"pointsentry\": [\"company_id\", \"customer_id\", \"growth\", \"id\", \"kind\", \"lot_id\", \"order_id\", \"payment_id\", \"points\", \"posted_at_ms\", \"return_id\", \"rule\", \"scheme_id\"], \"pointslot\": [\"company_id\", \"customer_id\", \"earned\", \"earned_at_ms\", \"expires_on\", \"id\", \"order_id\", \"remaining\"], \"product\": [\"active\", \"category\", \"company_id\", \"cost_fen\", \"id\", \"kind\", \"name\", \"name_key\", \"price_fen\", \"sku\"], \"salereturn\": [\"company_id\", \"id\", \"line_ids\", \"order_id\", \"refund_fen\", \"returned_at_ms\", \"staff_id\"], \"sales_order\": [\"company_id\", \"coupon_fen\", \"customer_id\", \"id\", \"lead_id\", \"note\", \"number\", \"offset_fen\", \"offset_points\", \"products_net_fen\", \"scheme_id\", \"services_fen\", \"sold_at_ms\", \"staff_id\", \"status\", \"store_id\"], \"scheme\": [\"company_id\", \"id\", \"rules\", \"valid_from_ms\", \"version\"], \"staff\": [\"active\", \"capacity\", \"categories\", \"code\", \"company_id\", \"id\", \"name\", \"on_leave\", \"regions\", \"role\", \"store_id\"], \"store\": [\"city\", \"company_id\", \"id\", \"name\", \"region\"]}"');
INSERT INTO "sync_state" VALUES('cursor','"{\"at\":[0,8],\"scopes\":[\"company:acme\",\"staff:amy\",\"store:north\"],\"snapshot\":null}"');
INSERT INTO "sync_state" VALUES('device_id','"A"');
INSERT INTO "sync_state" VALUES('staff_id','"amy"');
INSERT INTO "sync_state" VALUES('company_id','"acme"');
INSERT INTO "sync_state" VALUES('skew_ms',0);
INSERT INTO "sync_state" VALUES('remaining',0);
INSERT INTO "sync_state" VALUES('last_sync_at_ms',1780000001000);
CREATE INDEX ix_sync_outbox_state ON sync_outbox (state);
CREATE INDEX ix_sync_outbox_change_seq ON sync_outbox_change (seq);
CREATE INDEX ix_sync_outbox_change_row ON sync_outbox_change (tbl, row_id);
CREATE INDEX ix_staff_code ON staff (code);
CREATE INDEX ix_staff_store_id ON staff (store_id);
CREATE INDEX ix_product_sku ON product (sku);
CREATE INDEX ix_scheme_valid_from_ms ON scheme (valid_from_ms);
CREATE INDEX ix_lead_store_id ON lead (store_id);
CREATE INDEX ix_lead_owner_due ON lead (owner_id, next_due_at_ms);
CREATE INDEX ix_lead_customer_id ON lead (customer_id);
CREATE INDEX ix_lead_phone ON lead (phone);
CREATE INDEX ix_lead_next_due_at_ms ON lead (next_due_at_ms);
CREATE INDEX ix_followup_staff_id ON followup (staff_id);
CREATE INDEX ix_followup_lead ON followup (lead_id, occurred_at_ms);
CREATE INDEX ix_conflict_about_id ON "conflict" (about_id);
CREATE INDEX ix_conflict_state ON "conflict" (state);
CREATE INDEX ix_customer_phone ON customer (phone);
CREATE INDEX ix_customer_store_id ON customer (store_id);
CREATE INDEX ix_customer_member_no ON customer (member_no);
CREATE INDEX ix_memberaccount_customer_id ON memberaccount (customer_id);
CREATE INDEX ix_sales_order_customer_id ON sales_order (customer_id);
CREATE INDEX ix_sales_order_number ON sales_order (number);
CREATE INDEX ix_sales_order_staff_id ON sales_order (staff_id);
CREATE INDEX ix_sales_order_lead_id ON sales_order (lead_id);
CREATE INDEX ix_sales_order_store_id ON sales_order (store_id);
CREATE INDEX ix_sales_order_sold_at_ms ON sales_order (sold_at_ms);
CREATE INDEX ix_orderline_order_id ON orderline (order_id);
CREATE INDEX ix_payment_order_id ON payment (order_id);
CREATE INDEX ix_salereturn_order_id ON salereturn (order_id);
CREATE INDEX ix_pointsentry_order_id ON pointsentry (order_id);
CREATE INDEX ix_pointsentry_customer ON pointsentry (customer_id, posted_at_ms);
CREATE INDEX ix_pointslot_order_id ON pointslot (order_id);
CREATE INDEX ix_pointslot_customer_id ON pointslot (customer_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('sync_outbox',5);
COMMIT;
